import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Notice } from "../../components/Button";
import { Select } from "../../components/Field";
import type { Api } from "../../gateway/api";
import type { Id, Invite } from "../../gateway/protocol";
import { useErrorText, useMyId, useParley } from "../parley";

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

interface Terms {
  channelId: Id | null;
  expiry: Expiry;
  uses: Uses;
}

/** An invitation with these terms: one's own from before where it still holds for long, else a new one. */
async function linkFor(api: Api, groupId: Id, { channelId, expiry, uses }: Terms, me: Id): Promise<Invite> {
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
        each.channel_id === channelId &&
        each.expires_ms !== null &&
        each.expires_ms > goodUntilMs &&
        each.expires_ms <= latestMs,
    );
    if (known) return known;
  }
  return api.createInvite(groupId, {
    ...(channelId === null ? {} : { channel_id: channelId }),
    ...(expires === null ? {} : { expires_in_s: expires }),
    ...(max === null ? {} : { max_uses: max }),
  });
}

interface Props {
  groupId: Id;
  /** Where guests come in. */
  channelId: Id | null;
  onChange: () => void;
}

/** A link for everybody who has it. */
export function ByLink({ groupId, channelId, onChange }: Props) {
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
    const terms = `${channelId} ${expiry} ${uses}`;
    if (made.current === terms) return;
    made.current = terms;
    setLink("");
    setCopied(false);
    setFailure(null);
    linkFor(parley.api, groupId, { channelId, expiry, uses }, me)
      .then((invite) => {
        if (made.current !== terms) return;
        setLink(linkOf(invite.code));
        onChange();
      })
      .catch((error: unknown) => {
        if (made.current === terms) setFailure(error);
      });
  }, [parley, groupId, channelId, expiry, uses, me, onChange]);

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
