import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../components/Button";
import type { Addition, Invite } from "../../gateway/protocol";
import { dateAndTime } from "../messages/times";
import { useAttempt, useMay, useMyId, useParley, useWorld } from "../parley";

interface Props {
  groupId: string;
  changed: number;
  onChange: () => void;
}

/** Invitations and requests that are open, and may be withdrawn. */
export function OpenInvites({ groupId, changed, onChange }: Props) {
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
  const channel = useWorld((world) => invite.channel_id !== null && world.channels[invite.channel_id]?.name);
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
      title={invite.email ?? `/invite/${invite.code}`}
      note={[channel && `#${channel}`, uses, until, creator && `@${creator}`].filter(Boolean).join(" · ")}
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
