import { Suspense, useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import { lazily } from "../../components/lazily";
import { draftOf, setDraft } from "../../state/drafts";
import { emptyHistory } from "../../state/history";
import type { Place } from "../../state/places";
import { useMay, useParley, useUi, useWorld } from "../parley";
import { MessageBones } from "./Bones";
import { useBlockedPartner } from "./ClosedNote";
import { Composer } from "./Composer";
import { MessageList } from "./MessageList";
import { TypingLine } from "./TypingLine";
import { useAttaching } from "./useAttaching";

const SelectBar = lazily(() => import("./SelectBar"));

/** A text channel or a conversation: its messages, who is typing, and what one writes. */
export function Conversation({ place }: { place: Place }) {
  const { t } = useTranslation();
  const parley = useParley();
  const history = useWorld((world) => world.histories[place.id] ?? emptyHistory);
  const may = useMay(place.groupId, place.id);
  const attaching = useAttaching(place);
  const [editing, setEditing] = useState<string | null>(null);
  const selecting = useUi((state) => state.selection?.channelId === place.id);
  const blocked = useBlockedPartner(place);
  const readable = may("read_history");
  const stale = readable && !history.fresh && history.loading === null && history.failed === null;
  const shown = history.messages.length > 0 || history.fresh;

  useEffect(() => {
    // With messages on the screen, the list reads them anew where one is; without any, the newest page is read.
    if (stale && !shown) void parley.conversations.open(place.id);
  }, [parley, place.id, stale, shown]);

  // Away from here, what was marked unread may be read again.
  useEffect(() => () => parley.reading.release(place.id), [parley, place.id]);

  const reply = useCallback(
    (messageId: string) => {
      setDraft(place.id, { ...draftOf(place.id), replyTo: messageId });
      document.getElementById("composer")?.focus();
    },
    [place.id],
  );

  return (
    <div className="conversation-body" {...attaching.dropping}>
      {attaching.over && <div className="drop-here">{t("composer.dropHere")}</div>}
      {!readable ? (
        <div className="blank">
          <p>{t("conversation.noHistory")}</p>
        </div>
      ) : shown ? (
        <MessageList place={place} history={history} editing={editing} onEdit={setEditing} onReply={reply} />
      ) : history.failed ? (
        <div className="blank" role="alert">
          <h2>{t("conversation.failedTitle")}</h2>
          <p>{t("conversation.failed")}</p>
          <Button onClick={() => void parley.conversations.open(place.id)}>{t("action.retry")}</Button>
        </div>
      ) : (
        <MessageBones />
      )}
      <TypingLine place={place} />
      {selecting ? (
        <Suspense fallback={null}>
          <SelectBar channelId={place.id} />
        </Suspense>
      ) : (
        <Composer
          place={place}
          maySend={may("send_messages") && blocked === null}
          mayAttach={attaching.allowed}
          onFiles={attaching.attach}
          onVoice={attaching.speak}
          onPaste={attaching.pasted}
          onEditLast={setEditing}
        />
      )}
    </div>
  );
}
