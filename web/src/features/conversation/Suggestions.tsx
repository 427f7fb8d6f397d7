import { type KeyboardEvent, type RefObject, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { Icon } from "../../components/Icon";
import { legible } from "../../lib/colour";
import type { Place } from "../../state/places";
import type { Token } from "../../state/suggest";
import { type Candidate, useCandidates } from "./useCandidates";

interface Props {
  token: Token;
  place: Place;
  /** Where the composer hands its keys to; true from there means that the list took one. */
  keys: RefObject<((event: KeyboardEvent) => boolean) | null>;
  onChoose: (candidate: Candidate) => void;
  onDismiss: () => void;
}

/** The list over the composer that completes what is being typed. */
export default function Suggestions({ token, place, keys, onChoose, onDismiss }: Props) {
  const { t } = useTranslation();
  const found = useCandidates(token, place);
  const [at, setAt] = useState(0);
  const active = found[Math.min(at, found.length - 1)];

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is typed is another
  useEffect(() => setAt(0), [token.typed, token.sign]);
  useEffect(() => {
    keys.current = (event) => {
      if (found.length === 0 || !active) return false;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        const step = event.key === "ArrowDown" ? 1 : -1;
        setAt((found.length + Math.min(at, found.length - 1) + step) % found.length);
      } else if (event.key === "Enter" || event.key === "Tab") onChoose(active);
      else if (event.key === "Escape") onDismiss();
      else return false;
      event.preventDefault();
      event.stopPropagation();
      return true;
    };
    return () => {
      keys.current = null;
    };
  }, [keys, found, active, at, onChoose, onDismiss]);

  if (found.length === 0) return null;
  return (
    <div
      id="suggestions"
      className="suggestions"
      role="listbox"
      aria-label={t("suggest.title")}
      data-testid="suggestions"
    >
      {found.map((each, place_) => (
        <div
          key={`${each.kind}-${each.key}`}
          id={`suggestion-${place_}`}
          role="option"
          tabIndex={-1}
          aria-selected={each === active}
          className="suggestion"
          // The field keeps the focus.
          onPointerDown={(event) => {
            event.preventDefault();
            onChoose(each);
          }}
          onPointerMove={() => setAt(place_)}
          data-testid={`suggest-${each.label}`}
        >
          <Picture candidate={each} />
          <span style={each.colour === null ? undefined : { color: legible(each.colour) }}>{each.title}</span>
          <small>{each.hint}</small>
        </div>
      ))}
      <span className="hidden-visually" aria-live="polite">
        {active ? t("suggest.active", { name: active.title, count: found.length }) : ""}
      </span>
    </div>
  );
}

function Picture({ candidate: { kind, id, label, title } }: { candidate: Candidate }) {
  if (kind === "user" && id !== null) return <Avatar id={id} name={title} size={24} />;
  if (kind === "channel") return <Icon name="hash" size={18} />;
  if (kind !== "emoji") return <Icon name={kind === "role" ? "people" : "at"} size={18} />;
  if (id !== null) return <img src={`/api/emojis/${id}`} alt="" />;
  return <span className="suggestion-emoji">{label}</span>;
}
