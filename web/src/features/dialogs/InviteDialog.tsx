import { type FormEvent, useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, IconButton, Notice } from "../../components/Button";
import { Field, Select } from "../../components/Field";
import type { Api } from "../../gateway/api";
import type { Addition, Invite } from "../../gateway/protocol";
import { dateAndTime } from "../messages/times";
import { useAttempt, useErrorText, useMay, useMyId, useParley, useWorld } from "../parley";

const DAY_S = 86_400;
const EXPIRIES = {
  "1800": 1800,
  "86400": DAY_S,
  "604800": 7 * DAY_S,
  "2592000": 30 * DAY_S,
  never: null,
} as const;
const USES = { any: null, "1": 1, "5": 5, "25": 25, "100": 100 } as const;
/** A link of before is given out again while this much of its time is left. */
const REUSE_SHARE = 0.8;
type Expiry = keyof typeof EXPIRIES;
type Uses = keyof typeof USES;

const linkOf = (code: string): string => `${location.origin}/invite/${code}`;

/** Invite by link or by name, and see what is open. */
export function InviteDialog({ groupId }: { groupId: string }) {
  const [changed, setChanged] = useState(0);
  const onChange = useCallback(() => setChanged((count) => count + 1), []);
  return (
    <>
      <ByLink groupId={groupId} onChange={onChange} />
      <ByName groupId={groupId} onChange={onChange} />
      <Open groupId={groupId} changed={changed} onChange={onChange} />
    </>
  );
}

/** An invitation with these terms: one's own from before where it still holds for long, else a new one. */
async function linkFor(api: Api, groupId: string, expiry: Expiry, uses: Uses, me: string): Promise<Invite> {
  const expires = EXPIRIES[expiry];
  const max = USES[uses];
  if (max === null && expires !== null) {
    const { invites } = await api.invites(groupId).catch(() => ({ invites: [] }));
    const goodUntilMs = Date.now() + expires * 1000 * REUSE_SHARE;
    const latestMs = Date.now() + expires * 1000;
    const known = invites.find(
      (each) =>
        each.creator_id === me &&
        each.max_uses === null &&
        each.channel_id === null &&
        each.expires_ms !== null &&
        each.expires_ms > goodUntilMs &&
        each.expires_ms <= latestMs,
    );
    if (known) return known;
  }
  return api.createInvite(groupId, {
    ...(expires === null ? {} : { expires_in_s: expires }),
    ...(max === null ? {} : { max_uses: max }),
  });
}

function ByLink({ groupId, onChange }: { groupId: string; onChange: () => void }) {
  const { t } = useTranslation();
  const parley = useParley();
  const say = useErrorText();
  const me = useMyId();
  const [expiry, setExpiry] = useState<Expiry>("604800");
  const [uses, setUses] = useState<Uses>("any");
  const [link, setLink] = useState("");
  const [copied, setCopied] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const field = useRef<HTMLInputElement>(null);
  const made = useRef("");

  useEffect(() => {
    // One invitation for each choice of terms, also when this runs twice.
    const terms = `${expiry} ${uses}`;
    if (made.current === terms) return;
    made.current = terms;
    setLink("");
    setCopied(false);
    setFailure(null);
    linkFor(parley.api, groupId, expiry, uses, me)
      .then((invite) => {
        if (made.current !== terms) return;
        setLink(linkOf(invite.code));
        onChange();
      })
      .catch((error: unknown) => {
        if (made.current === terms) setFailure(error);
      });
  }, [parley, groupId, expiry, uses, me, onChange]);

  const copy = async (): Promise<void> => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(link);
    } catch {
      // Without the clipboard (plain HTTP), the link is selected and can be copied by hand.
      document.execCommand("copy");
    }
    setCopied(true);
  };
  return (
    <section className="form">
      <div className="field">
        <label htmlFor="invite-link">{t("invite.link")}</label>
        <div className="with-button">
          <input
            className="input"
            id="invite-link"
            ref={field}
            readOnly
            value={link}
            placeholder={t("invite.making")}
            onFocus={(event) => event.target.select()}
            data-testid="invite-link"
          />
          <Button look="primary" disabled={link === ""} onClick={() => void copy()} data-testid="invite-copy">
            {t(copied ? "invite.copied" : "invite.copy")}
          </Button>
        </div>
      </div>
      {failure !== null && <Notice tone="bad">{say(failure)}</Notice>}
      <div className="two">
        <Select
          label={t("invite.expires")}
          value={expiry}
          onChange={setExpiry}
          options={(Object.keys(EXPIRIES) as Expiry[]).map((value) => ({
            value,
            label: t(`invite.expiry.${value}`),
          }))}
        />
        <Select
          label={t("invite.uses")}
          value={uses}
          onChange={setUses}
          options={(Object.keys(USES) as Uses[]).map((value) => ({
            value,
            label: value === "any" ? t("invite.anyUses") : t("invite.someUses", { count: Number(value) }),
          }))}
        />
      </div>
    </section>
  );
}

function ByName({ groupId, onChange }: { groupId: string; onChange: () => void }) {
  const { t } = useTranslation();
  const parley = useParley();
  const say = useErrorText();
  const [username, setUsername] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [asked, setAsked] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const name = username.trim().replace(/^@/, "").toLowerCase();
    setBusy(true);
    setProblem(null);
    setAsked(null);
    try {
      await parley.api.addByName(groupId, name);
      setAsked(name);
      setUsername("");
      onChange();
    } catch (error) {
      setProblem(say(error));
    } finally {
      setBusy(false);
      // The button is disabled now and would keep the focus, and every key with it.
      field.current?.focus();
    }
  };
  return (
    <form className="by-name" onSubmit={(event) => void submit(event)}>
      <Field
        ref={field}
        label={t("invite.byName")}
        placeholder={t("auth.username")}
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        value={username}
        onChange={(event) => setUsername(event.target.value)}
        problem={problem}
        hint={asked === null ? t("invite.byNameHint") : t("invite.asked", { name: asked })}
        data-testid="add-username"
      />
      <Button type="submit" busy={busy} disabled={username.trim() === ""} data-testid="add-submit">
        {t("invite.ask")}
      </Button>
    </form>
  );
}

interface OpenProps {
  groupId: string;
  changed: number;
  onChange: () => void;
}

function Open({ groupId, changed, onChange }: OpenProps) {
  const { t } = useTranslation();
  const parley = useParley();
  const me = useMyId();
  const manage = useMay(groupId)("manage_group");
  const [invites, setInvites] = useState<Invite[]>([]);
  const [additions, setAdditions] = useState<{ addition: Addition; username: string }[]>([]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: read again when something was made or withdrawn
  useEffect(() => {
    let current = true;
    parley.api
      .invites(groupId)
      .then((found) => current && setInvites(found.invites))
      .catch(() => undefined);
    parley.api
      .pendingAdditions(groupId)
      .then(({ additions: found, users }) => {
        if (!current) return;
        setAdditions(
          found.map((addition) => ({
            addition,
            username: users.find((user) => user.id === addition.user_id)?.username ?? addition.user_id,
          })),
        );
      })
      .catch(() => undefined);
    return () => {
      current = false;
    };
  }, [parley, groupId, changed]);

  if (invites.length + additions.length === 0) return null;
  return (
    <section className="open-invites">
      <h3>{t("invite.open_")}</h3>
      <ul>
        {additions.map(({ addition, username }) => (
          <OpenRow
            key={addition.id}
            title={`@${username}`}
            note={t("invite.waiting")}
            canWithdraw={manage || addition.inviter.id === me}
            withdraw={() => parley.api.withdrawAddition(addition.id)}
            onChange={onChange}
          />
        ))}
        {invites.map((invite) => (
          <InviteRow
            key={invite.code}
            invite={invite}
            canWithdraw={manage || invite.creator_id === me}
            onChange={onChange}
          />
        ))}
      </ul>
    </section>
  );
}

function InviteRow({
  invite,
  canWithdraw,
  onChange,
}: {
  invite: Invite;
  canWithdraw: boolean;
  onChange: () => void;
}) {
  const { t, i18n } = useTranslation();
  const parley = useParley();
  const creator = useWorld((world) => world.users[invite.creator_id]?.username);
  const uses =
    invite.max_uses === null
      ? t("invite.used", { count: invite.uses })
      : t("invite.usedOf", { uses: invite.uses, max: invite.max_uses });
  const until =
    invite.expires_ms === null
      ? t("invite.expiry.never")
      : t("invite.until", {
          time: dateAndTime(invite.expires_ms, i18n.language),
        });
  return (
    <OpenRow
      title={`/invite/${invite.code}`}
      note={[uses, until, creator && `@${creator}`].filter(Boolean).join(" · ")}
      canWithdraw={canWithdraw}
      withdraw={() => parley.api.withdrawInvite(invite.code)}
      onChange={onChange}
    />
  );
}

interface RowProps {
  title: string;
  note: string;
  canWithdraw: boolean;
  withdraw: () => Promise<void>;
  onChange: () => void;
}

function OpenRow({ title, note, canWithdraw, withdraw, onChange }: RowProps) {
  const { t } = useTranslation();
  const attempt = useAttempt();
  return (
    <li>
      <div className="grow">
        <strong>{title}</strong>
        <small>{note}</small>
      </div>
      {canWithdraw && (
        <IconButton
          icon="trash"
          size={18}
          className="danger"
          label={t("invite.withdraw", { what: title })}
          onClick={() => void attempt(withdraw).then(onChange)}
        />
      )}
    </li>
  );
}
