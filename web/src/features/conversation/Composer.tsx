import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import { IconButton } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { useMedia } from "../../components/useMedia";
import type { Channel } from "../../gateway/protocol";
import { type Draft, draftOf, drafts, setDraft } from "../../state/drafts";
import { summary, textLength, toSections } from "../../state/sections";
import { nameOf, useAccount, useMyId, useParley, useWorld } from "../parley";

interface Props {
  channel: Channel;
  maySend: boolean;
  onEditLast: (messageId: string) => void;
}

const EMPTY: Draft = { text: "", replyTo: null };
/** The count is shown when this much is left. */
const TELL_LEFT = 300;

/** True when a code fence was begun and not ended: Enter then begins a new line. */
export function inOpenFence(text: string): boolean {
  return text.split("\n").filter((line) => /^ {0,3}```/.test(line)).length % 2 === 1;
}

export function Composer({ channel, maySend, onEditLast }: Props) {
  const { t } = useTranslation();
  const parley = useParley();
  const me = useMyId();
  const draft = useStore(drafts, (all) => all[channel.id] ?? EMPTY);
  const textMax = useAccount((account) => account.server?.limits.text_max ?? 4000);
  const sectionsMax = useAccount((account) => account.server?.limits.sections_max ?? 10);
  const touch = useMedia("(pointer: coarse)");
  const box = useRef<HTMLTextAreaElement>(null);
  const left = textMax - textLength(draft.text);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
  }, [draft.text]);

  useEffect(() => {
    if (!touch) box.current?.focus({ preventScroll: true });
  }, [touch]);

  useEffect(() => {
    // Whoever begins to type anywhere means this box.
    const typed = (event: globalThis.KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1 || event.key === " ")
        return;
      if (document.activeElement && document.activeElement !== document.body) return;
      box.current?.focus();
    };
    window.addEventListener("keydown", typed);
    return () => window.removeEventListener("keydown", typed);
  }, []);

  const send = (): void => {
    if (draft.text.trim() === "" || left < 0) return;
    parley.outbox.send(channel.id, toSections(draft.text, draft.replyTo, sectionsMax));
    parley.conversations.typed(channel.id);
    setDraft(channel.id, EMPTY);
    box.current?.focus();
  };

  const editLast = (): boolean => {
    const messages = parley.conversations.history(channel.id).messages;
    const own = messages.findLast((each) => each.author_id === me);
    if (!own) return false;
    onEditLast(own.id);
    return true;
  };

  const pressed = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey && !touch && !inOpenFence(draft.text)) {
      event.preventDefault();
      send();
    } else if (event.key === "ArrowUp" && draft.text === "" && editLast()) {
      event.preventDefault();
    } else if (event.key === "Escape" && draft.replyTo !== null) {
      event.stopPropagation();
      setDraft(channel.id, { ...draft, replyTo: null });
    }
  };

  if (!maySend) return <div className="composer-closed">{t("composer.mayNot")}</div>;
  return (
    <div className="composer">
      {draft.replyTo !== null && (
        <ReplyBar
          messageId={draft.replyTo}
          channelId={channel.id}
          onCancel={() => setDraft(channel.id, { ...draft, replyTo: null })}
        />
      )}
      <div className="composer-box" data-over={left < 0 || undefined}>
        <textarea
          id="composer"
          ref={box}
          rows={1}
          value={draft.text}
          placeholder={t("composer.placeholder", { name: channel.name })}
          aria-label={t("composer.placeholder", { name: channel.name })}
          aria-describedby={left < TELL_LEFT ? "composer-left" : undefined}
          onChange={(event) => {
            setDraft(channel.id, { ...draftOf(channel.id), text: event.target.value });
            if (event.target.value.trim() !== "") parley.conversations.typing(channel.id);
          }}
          onKeyDown={pressed}
          data-testid="message-input"
        />
        {left < TELL_LEFT && (
          <span id="composer-left" className="composer-left" data-over={left < 0 || undefined}>
            {left}
          </span>
        )}
        <IconButton
          icon="send"
          className="composer-send"
          label={t("composer.send")}
          disabled={draft.text.trim() === "" || left < 0}
          onClick={send}
          data-testid="message-send"
        />
      </div>
    </div>
  );
}

function ReplyBar({
  messageId,
  channelId,
  onCancel,
}: {
  messageId: string;
  channelId: string;
  onCancel: () => void;
}) {
  const { t } = useTranslation();
  const message = useWorld((world) =>
    world.histories[channelId]?.messages.find((each) => each.id === messageId),
  );
  const name = useWorld((world) => nameOf(message && world.users[message.author_id]));
  return (
    <div className="reply-bar">
      <Icon name="reply" size={16} />
      <span>
        {t("composer.replyTo")} <strong>{name}</strong>
        {message && <span className="reply-what"> {summary(message.sections, 80)}</span>}
      </span>
      <IconButton icon="close" size={16} label={t("composer.cancelReply")} onClick={onCancel} />
    </div>
  );
}
