import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../../components/Avatar";
import { Button } from "../../../components/Button";
import type { Ban, Id } from "../../../gateway/protocol";
import { upkeepOf } from "../../../state/upkeep";
import { withUsers } from "../../../state/world";
import { Ask } from "../../dialogs/Ask";
import { PagesFoot } from "../../messages/PagesFoot";
import { dateAndTime } from "../../messages/times";
import { nextAfter, usePages } from "../../messages/usePages";
import { useName, useParley, useWorld } from "../../parley";
import type { SectionProps } from "../GroupSettings";

const PAGE = 50;

/** Those who are kept out of the group. */
export function BansSection({ groupId }: SectionProps) {
  const { t } = useTranslation();
  const parley = useParley();
  const [ended, setEnded] = useState<readonly string[]>([]);
  const load = useCallback(
    async (after: Id | null) => {
      const { bans, users, has_more } = await upkeepOf(parley).rest.bans(groupId, after, PAGE);
      parley.world.setState((world) => ({ users: withUsers(world.users, users) }));
      return { items: bans, next: nextAfter(bans, has_more, (ban) => ban.user_id) };
    },
    [parley, groupId],
  );
  const pages = usePages(load);
  const shown = pages.items.filter((each) => !ended.includes(each.user_id));
  return (
    <>
      <p className="soft">{t("bans.lead")}</p>
      <ul className="people-list">
        {shown.map((ban) => (
          <Row key={ban.user_id} ban={ban} onEnded={() => setEnded((before) => [...before, ban.user_id])} />
        ))}
      </ul>
      {shown.length === 0 && !pages.loading && pages.failed === null && (
        <p className="soft">{t("bans.none")}</p>
      )}
      <PagesFoot pages={pages} />
    </>
  );
}

function Row({ ban, onEnded }: { ban: Ban; onEnded: () => void }) {
  const { t, i18n } = useTranslation();
  const parley = useParley();
  const name = useName(ban.user_id);
  const username = useWorld((world) => world.users[ban.user_id]?.username);
  const moderator = useName(ban.moderator_id, ban.group_id);
  const [asking, setAsking] = useState(false);
  return (
    <li data-testid={`ban-${username}`}>
      <Avatar id={ban.user_id} name={name} size={32} />
      <span className="grow">
        <strong>{name}</strong>
        <small>
          @{username} · {t("bans.by", { name: moderator, time: dateAndTime(ban.created_ms, i18n.language) })}
        </small>
        {ban.reason !== "" && <small className="reason">{ban.reason}</small>}
      </span>
      <Button onClick={() => setAsking(true)} data-testid={`unban-${username}`}>
        {t("bans.end")}
      </Button>
      {asking && (
        <Ask
          title={t("bans.endTitle", { name })}
          text={t("bans.endText")}
          action={t("bans.end")}
          reasoned
          work={async (reason) => {
            await upkeepOf(parley).rest.unban(ban.group_id, ban.user_id, reason);
            onEnded();
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </li>
  );
}
