import { type KeyboardEvent, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import type { Message } from "../../gateway/protocol";
import { decode, encode, lookupIn, namesIn } from "../../state/naming";
import type { Place } from "../../state/places";
import { edited, textLength, toTyped } from "../../state/sections";
import { openDialog } from "../../state/ui";
import { useAccount, useErrorText, useParley } from "../parley";
import { inOpenFence } from "./Composer";

interface Props {
  place: Place;
  message: Message;
  onDone: () => void;
}

export default function EditBox({ place, message, onDone }: Props) {
  const { t } = useTranslation();
  const parley = useParley();
  const say = useErrorText();
  const limits = useAccount((account) => account.server?.limits);
  const [before] = useState(() =>
    decode(toTyped(message.sections), namesIn(parley.world.getState(), place.id)),
  );
  const [text, setText] = useState(before.text);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const box = useRef<HTMLTextAreaElement>(null);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    element.focus({ preventScroll: true });
    element.setSelectionRange(element.value.length, element.value.length);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);

  const done = (): void => {
    onDone();
    document.getElementById("composer")?.focus();
  };
  const save = async (): Promise<void> => {
    if (text.trim() === "") {
      done();
      openDialog({ kind: "deleteMessage", channelId: place.id, messageId: message.id });
      return;
    }
    if (text === before.text) {
      done();
      return;
    }
    if (textLength(text) > (limits?.text_max ?? 4000)) {
      setProblem(t("error.too_long", { max: limits?.text_max ?? 4000 }));
      return;
    }
    setBusy(true);
    try {
      await parley.conversations.edit(
        place.id,
        message.id,
        edited(message, text, limits?.sections_max, (typed) =>
          encode(typed, before.picked, lookupIn(parley.world.getState(), place.id)),
        ),
      );
      done();
    } catch (error) {
      setProblem(say(error));
      setBusy(false);
    }
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      done();
    } else if (event.key === "Enter" && !event.shiftKey && !inOpenFence(text)) {
      event.preventDefault();
      void save();
    }
  };
  return (
    <div className="edit">
      <textarea
        ref={box}
        rows={1}
        value={text}
        aria-label={t("message.editing")}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={pressed}
        data-testid="edit-input"
      />
      {problem !== null && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <div className="edit-foot">
        <small>{t("message.editHint")}</small>
        <Button look="quiet" onClick={done}>
          {t("action.cancel")}
        </Button>
        <Button look="primary" busy={busy} onClick={() => void save()}>
          {t("action.save")}
        </Button>
      </div>
    </div>
  );
}
