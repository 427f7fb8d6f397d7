import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { Id } from "../../gateway/protocol";
import { withMembers, withUsers } from "../../state/world";
import { MessageCard } from "../messages/MessageCard";
import { PagesFoot } from "../messages/PagesFoot";
import { PlaceName } from "../messages/PlaceName";
import { nextAfter, usePages } from "../messages/usePages";
import { useGo } from "../navigation";
import { useParley } from "../parley";
import { PageHead } from "../shell/PageHead";

/** The inbox: all messages that called for this person, newest first. */
export default function MentionsPage() {
  const { t } = useTranslation();
  const parley = useParley();
  const go = useGo();
  const load = useCallback(
    async (before: Id | null) => {
      const page = await parley.api.mentions(before);
      parley.world.setState((world) => ({
        users: withUsers(world.users, page.users),
        memberships: withMembers(world.memberships, page.members),
      }));
      return { items: page.items, next: nextAfter(page.items, page.has_more, (item) => item.message.id) };
    },
    [parley],
  );
  const pages = usePages(load);
  const empty = pages.items.length === 0 && !pages.loading && pages.failed === null;
  return (
    <main className="page" id="main">
      <PageHead icon="at" title={t("mentions.title")} />
      <div className="page-scroll">
        <div className="page-inner">
          {empty && (
            <div className="blank">
              <h2>{t("mentions.emptyTitle")}</h2>
              <p>{t("mentions.empty")}</p>
            </div>
          )}
          <ul className="result-list" data-testid="mentions">
            {pages.items.map((item) => (
              <li key={item.message.id} className="result">
                <header>
                  <PlaceName channelId={item.channel_id} />
                  <button
                    type="button"
                    className="button"
                    onClick={() => void go({ id: item.channel_id, groupId: item.group_id }, item.message.id)}
                    data-testid="mention-jump"
                  >
                    {t("action.jump")}
                  </button>
                </header>
                <MessageCard message={item.message} groupId={item.group_id} />
              </li>
            ))}
          </ul>
          <PagesFoot pages={pages} />
        </div>
      </div>
    </main>
  );
}
