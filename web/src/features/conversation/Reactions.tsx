import { type PointerEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Message, Reaction } from "../../gateway/protocol";
import type { Place } from "../../state/places";
import { openDialog } from "../../state/ui";
import { withUsers } from "../../state/world";
import { EmojiButton } from "../emoji/EmojiButton";
import { nameOf, useAttempt, useMay, useParley, useWorld } from "../parley";

const NONE: readonly string[] = [];
/** Who reacted is told after a moment over a pill, or a long press on it. */
const TELL_AFTER_MS = 350;
const NAMED = 8;

interface Props {
  message: Message;
  place: Place;
  /** Reached by keyboard: its buttons can be tabbed to. */
  active: boolean;
}

export function Reactions({ message, place, active }: Props) {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const mine = useWorld((world) => world.reacted[message.id] ?? NONE);
  const may = useMay(place.groupId, place.id);
  if (message.reactions.length === 0) return null;
  const react = (emoji: string): Promise<boolean> =>
    attempt(() => parley.conversations.react(place.id, message.id, emoji));
  return (
    <div className="reactions">
      {message.reactions.map((reaction) => (
        <Pill
          key={reaction.emoji}
          reaction={reaction}
          message={message}
          place={place}
          mine={mine.includes(reaction.emoji)}
          active={active}
          onPress={() => void react(reaction.emoji)}
        />
      ))}
      {may("add_reactions") && (
        <EmojiButton
          groupId={place.groupId}
          label={t("reaction.more")}
          size={16}
          className="reaction-more"
          tabIndex={active ? 0 : -1}
          onPick={({ key }) => mine.includes(key) || void react(key)}
        />
      )}
    </div>
  );
}

interface PillProps {
  reaction: Reaction;
  message: Message;
  place: Place;
  mine: boolean;
  active: boolean;
  onPress: () => void;
}

function Pill({ reaction: { emoji, count }, message, place, mine, active, onPress }: PillProps) {
  const { t } = useTranslation();
  const own = useWorld((world) =>
    place.groupId === null
      ? undefined
      : world.groups[place.groupId]?.emojis.find((each) => each.id === emoji),
  );
  const { names, look, away } = useReactors(message, place, emoji);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const held = useRef(false);
  const isOwn = /^\d+$/.test(emoji);
  const shown = isOwn ? `:${own?.name ?? "?"}:` : emoji;
  const end = (): void => clearTimeout(timer.current);
  const down = (event: PointerEvent): void => {
    held.current = false;
    if (event.pointerType !== "touch") return;
    timer.current = setTimeout(() => {
      held.current = true;
      openDialog({ kind: "reactors", channelId: place.id, messageId: message.id, emoji });
    }, 500);
  };
  return (
    <button
      type="button"
      className="reaction"
      tabIndex={active ? 0 : -1}
      aria-pressed={mine}
      aria-label={t("reaction.pill", { emoji: shown, count })}
      onClick={() => held.current || onPress()}
      onPointerEnter={(event) => {
        if (event.pointerType === "touch") return;
        timer.current = setTimeout(() => void look(), TELL_AFTER_MS);
      }}
      onPointerLeave={() => {
        end();
        away();
      }}
      onPointerDown={down}
      onPointerUp={end}
      onPointerCancel={end}
      onContextMenu={(event) => {
        if (held.current) event.preventDefault();
      }}
      data-testid={`reaction-${shown}`}
    >
      {isOwn ? <img src={`/api/emojis/${emoji}`} alt="" draggable={false} /> : <span>{emoji}</span>}
      <span className="reaction-count">{count}</span>
      {names !== null && (
        <span className="tip" role="tooltip">
          {names}
        </span>
      )}
    </button>
  );
}

/** Who reacted so, in words, while it is looked at. */
function useReactors(message: Message, place: Place, emoji: string) {
  const { t, i18n } = useTranslation();
  const parley = useParley();
  const [names, setNames] = useState<string | null>(null);
  const looking = useRef(false);
  const look = async (): Promise<void> => {
    looking.current = true;
    try {
      const page = await parley.api.reactors(place.id, message.id, emoji, null, NAMED);
      parley.world.setState((world) => ({ users: withUsers(world.users, page.users) }));
      if (!looking.current) return;
      const all = page.users.map(nameOf);
      const list = page.has_more ? [...all, t("reaction.others")] : all;
      setNames(new Intl.ListFormat(i18n.language, { type: "conjunction" }).format(list));
    } catch {
      // The count says enough.
    }
  };
  const away = (): void => {
    looking.current = false;
    setNames(null);
  };
  return { names, look, away };
}
