import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { IconButton } from "../../components/Button";
import type { Id, User } from "../../gateway/protocol";
import { withUsers } from "../../state/world";
import { PagesFoot } from "../messages/PagesFoot";
import { nextAfter, usePages } from "../messages/usePages";
import { nameOf, useAttempt, useMay, useMyId, useParley, useWorld } from "../parley";

interface Props {
  channelId: Id;
  messageId: Id;
  emoji: string;
}

/** Who reacted to a message, emoji by emoji. */
export function Reactors({ channelId, messageId, emoji }: Props) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState(emoji);
  const groupId = useWorld((world) => world.channels[channelId]?.group_id ?? null);
  const reactions = useWorld(
    (world) => world.histories[channelId]?.messages.find((each) => each.id === messageId)?.reactions,
  );
  return (
    <div className="reactors">
      <div role="tablist" aria-label={t("reaction.title")}>
        {(reactions ?? []).map((each) => (
          <button
            key={each.emoji}
            type="button"
            role="tab"
            className="reaction"
            aria-selected={each.emoji === chosen}
            onClick={() => setChosen(each.emoji)}
          >
            {/^\d+$/.test(each.emoji) ? <img src={`/api/emojis/${each.emoji}`} alt="" /> : each.emoji}
            <span className="reaction-count">{each.count}</span>
          </button>
        ))}
      </div>
      <People key={chosen} channelId={channelId} messageId={messageId} emoji={chosen} groupId={groupId} />
    </div>
  );
}

function People({ channelId, messageId, emoji, groupId }: Props & { groupId: Id | null }) {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const me = useMyId();
  const manage = useMay(groupId, channelId)("manage_messages");
  const [removed, setRemoved] = useState<readonly Id[]>([]);
  const load = useCallback(
    async (after: Id | null) => {
      const page = await parley.api.reactors(channelId, messageId, emoji, after);
      parley.world.setState((world) => ({ users: withUsers(world.users, page.users) }));
      return { items: page.users, next: nextAfter(page.users, page.has_more, (user) => user.id) };
    },
    [parley, channelId, messageId, emoji],
  );
  const pages = usePages(load);
  const remove = (user: User): Promise<boolean> =>
    attempt(async () => {
      await parley.api.removeReaction(channelId, messageId, emoji, user.id);
      setRemoved((all) => [...all, user.id]);
    });
  return (
    <div role="tabpanel" className="reactors-list">
      <ul>
        {pages.items
          .filter((each) => !removed.includes(each.id))
          .map((user) => (
            <li key={user.id} className="picker-item">
              <Avatar id={user.id} name={nameOf(user)} size={32} />
              <span className="grow">
                <strong>{nameOf(user)}</strong>
                <small>@{user.username}</small>
              </span>
              {manage && user.id !== me && (
                <IconButton
                  icon="close"
                  size={16}
                  label={t("reaction.remove", { name: nameOf(user) })}
                  onClick={() => void remove(user)}
                />
              )}
            </li>
          ))}
      </ul>
      <PagesFoot pages={pages} />
    </div>
  );
}
