import { Link, useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { Button, Notice } from "../../components/Button";
import type { InvitePreview } from "../../gateway/protocol";
import { asRequestError } from "../../lib/errors";
import { AuthForm, type AuthKind } from "../auth/AuthForm";
import { AuthFrame, Logo } from "../auth/AuthPage";
import { nameOf, useAccount, useErrorText, useParley, useWorld } from "../parley";
import { Splash } from "../shell/Splash";
import { useDeed } from "../useDeed";

/** What an invitation leads to, for members and strangers alike. */
export function InvitePage({ code }: { code: string }) {
  const { t } = useTranslation();
  const parley = useParley();
  const say = useErrorText();
  const state = useAccount((account) => account.state);
  const [preview, setPreview] = useState<InvitePreview | null>(null);
  const [failure, setFailure] = useState<unknown>(null);

  const look = useCallback(() => {
    setFailure(null);
    parley.api.invitePreview(code).then(setPreview, setFailure);
  }, [parley, code]);
  useEffect(look, [look]);
  // Whoever signs up or logs in here does it to come in.
  const stranger = useRef(false);
  if (state === "out") stranger.current = true;

  if (failure !== null) {
    const gone = asRequestError(failure).status === 404;
    return (
      <AuthFrame>
        <Logo />
        <h1>{t(gone ? "invite.goneTitle" : "invite.failedTitle")}</h1>
        <p className="auth-lead">{gone ? t("invite.gone") : say(failure)}</p>
        {gone ? (
          <Link to="/" className="button primary wide">
            {t("invite.home")}
          </Link>
        ) : (
          <Button look="primary" wide onClick={look}>
            {t("action.retry")}
          </Button>
        )}
      </AuthFrame>
    );
  }
  if (preview === null || state === "starting") return <Splash />;
  return (
    <AuthFrame>
      <div className="invite-head">
        <Avatar id={preview.group.id} name={preview.group.name} size={64} />
        <div>
          <p>{t("invite.by", { name: nameOf(preview.inviter) })}</p>
          <h1>{preview.group.name}</h1>
          <p>{t("invite.members", { count: preview.member_count })}</p>
        </div>
      </div>
      {state === "in" ? (
        <Accept code={code} preview={preview} atOnce={stranger.current} />
      ) : (
        <Stranger code={code} />
      )}
    </AuthFrame>
  );
}

interface AcceptProps {
  code: string;
  preview: InvitePreview;
  /** Without a press of the button; it is there to try again. */
  atOnce: boolean;
}

function Accept({ code, preview, atOnce }: AcceptProps) {
  const { t } = useTranslation();
  const parley = useParley();
  const navigate = useNavigate();
  const me = useAccount((account) => account.me);
  const already = useWorld((world) => preview.group.id in world.groups);
  const { busy, problem, run } = useDeed();

  const accept = () =>
    run(async () => {
      const { view, channel_id } = await parley.api.acceptInvite(code);
      const channel =
        view.channels.find((each) => each.id === channel_id && each.kind === "text") ??
        view.channels.find((each) => each.kind === "text");
      parley.entered(view);
      if (channel) {
        void navigate({
          to: "/g/$groupId/c/$channelId",
          params: { groupId: view.group.id, channelId: channel.id },
        });
      } else void navigate({ to: "/g/$groupId", params: { groupId: view.group.id } });
    });
  const begun = useRef(false);
  useEffect(() => {
    if (!atOnce || begun.current) return;
    begun.current = true;
    void accept();
  });

  return (
    <div className="auth-form">
      {problem !== null && <Notice tone="bad">{problem}</Notice>}
      <Button
        look="primary"
        wide
        busy={busy}
        autoFocus
        onClick={() => void accept()}
        data-testid="invite-accept"
      >
        {t(already ? "invite.open" : "invite.accept", { group: preview.group.name })}
      </Button>
      <p className="auth-other">{t("invite.as", { name: me?.username ?? "" })}</p>
    </div>
  );
}

function Stranger({ code }: { code: string }) {
  const { t } = useTranslation();
  // Elsewhere an account is made whether the group lets it in or not.
  const needed = useAccount((account) => account.server?.sign_up === "invitation");
  const [kind, setKind] = useState<AuthKind>("signup");
  const kinds: readonly AuthKind[] = ["signup", "login"];
  return (
    <>
      <div className="choices" role="tablist" aria-label={t("invite.how")}>
        {kinds.map((each) => (
          <button
            key={each}
            type="button"
            role="tab"
            id={`tab-${each}`}
            aria-selected={each === kind}
            aria-controls="auth-panel"
            tabIndex={each === kind ? 0 : -1}
            onClick={() => setKind(each)}
            onKeyDown={(event) => {
              if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
              const other = each === "signup" ? "login" : "signup";
              setKind(other);
              document.getElementById(`tab-${other}`)?.focus();
            }}
          >
            {t(each === "signup" ? "invite.new" : "invite.have")}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="auth-panel" aria-labelledby={`tab-${kind}`}>
        <AuthForm key={kind} kind={kind} invite={needed ? code : undefined} />
      </div>
    </>
  );
}
