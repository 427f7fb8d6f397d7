import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { VList, type VListHandle } from "virtua";
import type { Emoji, Id } from "../../gateway/protocol";
import { loadEmoji, type SkinTone, type UnicodeEmoji } from "../../lib/emoji";
import { rememberEmoji, settings } from "../../state/settings";
import { useSettings, useWorld } from "../parley";
import { moved, type Pickable, type PickRow, pickRows, pickSections } from "./pickable";
import "./emoji.css";

const COLUMNS = 8;
const TONES = ["✋", "✋🏻", "✋🏼", "✋🏽", "✋🏾", "✋🏿"] as const;
const NONE: readonly Emoji[] = [];

interface Props {
  groupId: Id | null;
  onPick: (emoji: Pickable) => void;
}

/** All emoji, those of the group too, to be found by name. The field keeps the focus; arrows move among the pictures. */
export default function EmojiPicker({ groupId, onPick }: Props) {
  const { t, i18n } = useTranslation();
  const own = useWorld((world) => (groupId === null ? NONE : (world.groups[groupId]?.emojis ?? NONE)));
  // What is picked now moves to the front only when the picker opens next.
  const [recent] = useState(() => settings.getState().recentEmoji);
  const tone = useSettings((state) => state.skinTone);
  const [all, setAll] = useState<readonly UnicodeEmoji[] | null>(null);
  const [failed, setFailed] = useState(false);
  const [typed, setTyped] = useState("");
  const [place, setPlace] = useState(0);
  const list = useRef<VListHandle>(null);

  useEffect(() => {
    let shown = true;
    loadEmoji(i18n.language)
      .then((found) => shown && setAll(found))
      .catch(() => shown && setFailed(true));
    return () => {
      shown = false;
    };
  }, [i18n.language]);

  const rows = useMemo(
    () => pickRows(pickSections({ all: all ?? [], own, recent, tone, typed }), COLUMNS),
    [all, own, recent, tone, typed],
  );
  const active = itemAt(rows, place);
  const pick = (emoji: Pickable): void => {
    rememberEmoji(emoji.key);
    onPick(emoji);
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && active) {
      event.preventDefault();
      pick(active);
      return;
    }
    const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
    if (!(sideways && typed === "") && event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    const next = moved(rows, place, event.key);
    setPlace(next);
    list.current?.scrollToIndex(
      rows.findIndex((row) => row.kind === "items" && next < row.first + row.items.length),
      { align: "nearest" },
    );
  };
  return (
    <div className="emoji-picker" data-testid="emoji-picker">
      <input
        className="input"
        // biome-ignore lint/a11y/noAutofocus: one opened it to pick
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls="emoji-list"
        aria-activedescendant={active ? `emoji-${place}` : undefined}
        aria-label={t("emoji.search")}
        placeholder={t("emoji.search")}
        value={typed}
        autoComplete="off"
        onChange={(event) => {
          setTyped(event.target.value);
          setPlace(0);
          list.current?.scrollToIndex(0);
        }}
        onKeyDown={pressed}
        data-testid="emoji-search"
      />
      <div
        id="emoji-list"
        className="emoji-list"
        role="listbox"
        aria-label={t("emoji.title")}
        aria-busy={all === null}
      >
        {failed ? (
          <p className="soft">{t("error.network")}</p>
        ) : rows.length === 0 && all !== null ? (
          <p className="soft">{t("emoji.none")}</p>
        ) : (
          <VList ref={list} bufferSize={200}>
            {rows.map((row) => (
              <Row
                key={row.kind === "head" ? row.name : row.first}
                row={row}
                place={place}
                onPick={pick}
                onPoint={setPlace}
              />
            ))}
          </VList>
        )}
      </div>
      <footer>
        <span className="emoji-name">
          {active ? (active.id ? active.label : `:${active.shortName}:`) : ""}
        </span>
        <Tones tone={tone} />
      </footer>
    </div>
  );
}

function itemAt(rows: readonly PickRow[], place: number): Pickable | undefined {
  for (const row of rows) {
    if (row.kind === "items" && place < row.first + row.items.length) return row.items[place - row.first];
  }
  return undefined;
}

interface RowProps {
  row: PickRow;
  place: number;
  onPick: (emoji: Pickable) => void;
  onPoint: (place: number) => void;
}

function Row({ row, place, onPick, onPoint }: RowProps) {
  const { t } = useTranslation();
  if (row.kind === "head") return <h3>{t(`emoji.group.${row.name}`)}</h3>;
  return (
    <div className="emoji-row">
      {row.items.map((each, column) => {
        const at = row.first + column;
        return (
          <button
            key={each.key}
            type="button"
            id={`emoji-${at}`}
            role="option"
            tabIndex={-1}
            aria-selected={at === place}
            aria-label={each.label}
            title={each.label}
            onClick={() => onPick(each)}
            onPointerMove={() => onPoint(at)}
          >
            {each.id === null ? (
              each.key
            ) : (
              <img src={`/api/emojis/${each.id}`} alt="" loading="lazy" draggable={false} />
            )}
          </button>
        );
      })}
    </div>
  );
}

function Tones({ tone }: { tone: SkinTone }) {
  const { t } = useTranslation();
  return (
    <select
      aria-label={t("emoji.tone")}
      title={t("emoji.tone")}
      value={tone}
      onChange={(event) => settings.setState({ skinTone: Number(event.target.value) as SkinTone })}
    >
      {TONES.map((hand, at) => (
        <option key={hand} value={at}>
          {hand}
        </option>
      ))}
    </select>
  );
}
