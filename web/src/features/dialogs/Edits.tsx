import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Notice } from "../../components/Button";
import type { Edit, Id } from "../../gateway/protocol";
import { NamedThings } from "../messages/NamedThings";
import { Sections } from "../messages/Sections";
import { dateAndTime } from "../messages/times";
import { useErrorText, useParley, useWorld } from "../parley";

/** What a message said before it was edited, the oldest first, and what it says now. */
export function Edits({ channelId, messageId }: { channelId: Id; messageId: Id }) {
  const { t, i18n } = useTranslation();
  const parley = useParley();
  const say = useErrorText();
  const groupId = useWorld((world) => world.channels[channelId]?.group_id ?? null);
  const message = useWorld((world) =>
    world.histories[channelId]?.messages.find((each) => each.id === messageId),
  );
  const [edits, setEdits] = useState<readonly Edit[] | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    parley.api
      .edits(channelId, messageId)
      .then((answer) => setEdits(answer.edits))
      .catch(setFailure);
  }, [parley, channelId, messageId]);
  if (failure !== null) return <Notice tone="bad">{say(failure)}</Notice>;
  if (edits === null) return <div className="settings-loading" aria-busy="true" />;
  return (
    <NamedThings groupId={groupId}>
      <ol className="result-list" data-testid="edits">
        {edits.map((edit) => (
          <li key={edit.until_ms} className="result">
            <small className="soft">
              {t("edits.until", { time: dateAndTime(edit.until_ms, i18n.language) })}
            </small>
            <Sections sections={edit.sections} />
          </li>
        ))}
        {message && (
          <li className="result">
            <small className="soft">{t("edits.now")}</small>
            <Sections sections={message.sections} />
          </li>
        )}
      </ol>
    </NamedThings>
  );
}
