import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import type { Id, Message } from "../../gateway/protocol";
import { idTimeMs } from "../../lib/ids";
import { useName, useNameStyle, useWorld } from "../parley";
import { useSummary } from "../wording";
import { NamedThings } from "./NamedThings";
import { Sections } from "./Sections";
import { dateAndTime } from "./times";
import "./messages.css";

interface Props {
  message: Message;
  groupId: Id | null;
  /** Beside the one that is meant: one line of it, in less colour. */
  faint?: boolean;
}

/** A message outside of its channel: in results, among pins, in the inbox. */
export function MessageCard({ message, groupId, faint = false }: Props) {
  const { t, i18n } = useTranslation();
  const name = useName(message.author_id, groupId);
  const style = useNameStyle(message.author_id, groupId);
  const hidden = useWorld((world) => world.relations[message.author_id]?.kind === "blocked");
  if (hidden) return <p className="message-card faint soft">{t("message.hidden")}</p>;
  return (
    <article className={faint ? "message-card faint" : "message-card"}>
      <Avatar id={message.author_id} name={name} size={faint ? 20 : 32} />
      <div className="message-body">
        <header>
          <strong style={style}>{name}</strong>
          <time>{dateAndTime(idTimeMs(message.id), i18n.language)}</time>
        </header>
        <div className="message-text">
          {faint ? (
            <OneLine message={message} groupId={groupId} />
          ) : (
            <NamedThings groupId={groupId}>
              <Sections
                sections={message.sections}
                at={{ channelId: message.channel_id, messageId: message.id }}
              />
            </NamedThings>
          )}
        </div>
      </div>
    </article>
  );
}

function OneLine({ message, groupId }: Pick<Props, "message" | "groupId">) {
  return <p>{useSummary(message.sections, groupId)}</p>;
}
