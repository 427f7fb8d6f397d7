import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../components/Button";
import { LazyMenu } from "../../components/LazyOverlays";
import type { MenuEntry } from "../../components/overlays";
import type { Id, Message } from "../../gateway/protocol";
import type { Place } from "../../state/places";
import { toTyped } from "../../state/sections";
import { openDialog, tick, toast } from "../../state/ui";
import { EmojiButton } from "../emoji/EmojiButton";
import { addressOf } from "../navigation";
import { useAttempt, useMay, useMyId, useParley } from "../parley";
import { useWording } from "../wording";

export interface ToolsProps {
  message: Message;
  place: Place;
  /** Reached by keyboard: the buttons can be tabbed to. */
  active: boolean;
  onEdit: (messageId: Id | null) => void;
  onReply: (messageId: Id) => void;
  /** Something of it is open: it must stay, wherever the pointer goes. */
  onHold: (held: boolean) => void;
}

/** What can be done with a message: the most wanted beside it, the rest in a menu. */
export default function MessageTools({ message, place, active, onEdit, onReply, onHold }: ToolsProps) {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const me = useMyId();
  const may = useMay(place.groupId, place.id);
  const trigger = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const entries = useEntries({ message, place, onEdit, onReply });
  const own = message.author_id === me;
  const tabIndex = active ? 0 : -1;
  const show = (shown: boolean): void => {
    setOpen(shown);
    onHold(shown);
  };
  const reacted = (emoji: string): boolean =>
    parley.world.getState().reacted[message.id]?.includes(emoji) ?? false;
  return (
    <div className="message-tools" role="toolbar" aria-label={t("message.tools")}>
      {may("add_reactions") && (
        <EmojiButton
          groupId={place.groupId}
          label={t("message.react")}
          size={18}
          tabIndex={tabIndex}
          testId="message-react"
          onOpen={onHold}
          onPick={({ key }) => {
            if (!reacted(key)) void attempt(() => parley.conversations.react(place.id, message.id, key));
          }}
        />
      )}
      {may("send_messages") && (
        <IconButton
          icon="reply"
          size={18}
          tabIndex={tabIndex}
          label={t("message.reply")}
          onClick={() => onReply(message.id)}
          data-testid="message-reply"
        />
      )}
      {own && may("send_messages") && (
        <IconButton
          icon="edit"
          size={18}
          tabIndex={tabIndex}
          label={t("message.edit")}
          onClick={() => onEdit(message.id)}
          data-testid="message-edit"
        />
      )}
      <IconButton
        ref={trigger}
        icon="more"
        size={18}
        tabIndex={tabIndex}
        label={t("message.more")}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => show(true)}
        data-testid="message-more"
      />
      {open && (
        <LazyMenu label={t("message.more")} trigger={trigger} entries={entries} onClose={() => show(false)} />
      )}
    </div>
  );
}

function useEntries({
  message,
  place,
}: Pick<ToolsProps, "message" | "place" | "onEdit" | "onReply">): MenuEntry[] {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const me = useMyId();
  const may = useMay(place.groupId, place.id);
  const wording = useWording(place.groupId);
  const at = { channelId: place.id, messageId: message.id };
  const own = message.author_id === me;
  const manage = may("manage_messages");
  const text = toTyped(message.sections, wording);
  const [firstReaction] = message.reactions;
  const copy = async (what: string): Promise<void> => {
    await navigator.clipboard?.writeText(what);
    toast(t("message.copied"));
  };
  const entries: (MenuEntry & { shown: boolean })[] = [
    {
      id: "forward",
      label: t("message.forward"),
      icon: "forward",
      shown: true,
      testId: "message-forward",
      onChoose: () => openDialog({ kind: "forward", ...at }),
    },
    {
      id: "copy",
      label: t("message.copy"),
      icon: "copy",
      shown: text !== "",
      onChoose: () => void copy(text),
    },
    {
      id: "link",
      label: t("message.copyLink"),
      icon: "link",
      shown: true,
      testId: "message-link",
      onChoose: () => void copy(addressOf(place, message.id)),
    },
    {
      id: "unread",
      label: t("message.markUnread"),
      icon: "unread",
      shown: !own,
      testId: "message-unread",
      onChoose: () => void attempt(() => parley.reading.markUnread(place.id, message.id)),
    },
    {
      id: "pin",
      label: t(message.pinned ? "message.unpin" : "message.pin"),
      icon: "pin",
      shown: may("pin_messages"),
      testId: "message-pin",
      onChoose: () =>
        void attempt(() =>
          message.pinned ? parley.api.unpin(place.id, message.id) : parley.api.pin(place.id, message.id),
        ),
    },
    {
      id: "reactors",
      label: t("reaction.title"),
      icon: "people",
      shown: firstReaction !== undefined,
      onChoose: () => openDialog({ kind: "reactors", ...at, emoji: firstReaction?.emoji ?? "" }),
    },
    {
      id: "edits",
      label: t("message.edits"),
      icon: "clock",
      shown: message.edited_ms !== null && (own || manage),
      testId: "message-edits",
      onChoose: () => openDialog({ kind: "edits", ...at }),
    },
    {
      id: "select",
      label: t("message.select"),
      icon: "select",
      shown: manage,
      testId: "message-select",
      onChoose: () => tick(place.id, message.id),
    },
    {
      id: "report",
      label: t("message.report"),
      icon: "flag",
      shown: !own,
      testId: "message-report",
      onChoose: () => openDialog({ kind: "report", ...at }),
    },
    {
      id: "delete",
      label: t("message.delete"),
      icon: "trash",
      danger: true,
      shown: own || manage,
      testId: "message-delete",
      onChoose: () => openDialog({ kind: "deleteMessage", ...at }),
    },
  ];
  return entries.filter((entry) => entry.shown);
}
