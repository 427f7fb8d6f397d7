import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import type { Channel } from "../../gateway/protocol";
import { draftOf, setDraft } from "../../state/drafts";
import { emptyHistory } from "../../state/history";
import { useMay, useParley, useWorld } from "../parley";
import { MessageBones } from "./Bones";
import { Composer } from "./Composer";
import { MessageList } from "./MessageList";
import { TypingLine } from "./TypingLine";

/** A text channel: its messages, who is typing, and what one writes. */
export function Conversation({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const parley = useParley();
  const history = useWorld((world) => world.histories[channel.id] ?? emptyHistory);
  const may = useMay(channel.group_id, channel.id);
  const [editing, setEditing] = useState<string | null>(null);
  const readable = may("read_history");
  const stale = readable && !history.fresh && history.loading === null && history.failed === null;
  const shown = history.messages.length > 0 || history.fresh;

  useEffect(() => {
    // With messages on the screen, the list reads them anew where one is; without any, the newest page is read.
    if (stale && !shown) void parley.conversations.open(channel.id);
  }, [parley, channel.id, stale, shown]);

  const reply = useCallback(
    (messageId: string) => {
      setDraft(channel.id, { ...draftOf(channel.id), replyTo: messageId });
      document.getElementById("composer")?.focus();
    },
    [channel.id],
  );

  return (
    <>
      {!readable ? (
        <div className="blank">
          <p>{t("conversation.noHistory")}</p>
        </div>
      ) : shown ? (
        <MessageList
          channel={channel}
          history={history}
          editing={editing}
          onEdit={setEditing}
          onReply={reply}
        />
      ) : history.failed ? (
        <div className="blank" role="alert">
          <h2>{t("conversation.failedTitle")}</h2>
          <p>{t("conversation.failed")}</p>
          <Button onClick={() => void parley.conversations.open(channel.id)}>{t("action.retry")}</Button>
        </div>
      ) : (
        <MessageBones />
      )}
      <TypingLine channelId={channel.id} />
      <Composer channel={channel} maySend={may("send_messages")} onEditLast={setEditing} />
    </>
  );
}
