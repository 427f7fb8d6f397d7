import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { Icon } from "../../components/Icon";
import type { Id, User } from "../../gateway/protocol";
import { nameOf } from "../../state/places";
import { usePresence } from "../parley";
import { usePeopleFound } from "./usePeopleFound";

interface Props {
  label: string;
  chosen: readonly User[];
  onChange: (chosen: User[]) => void;
  /** Who cannot be chosen. */
  without?: readonly Id[];
  max: number;
}

const NOBODY: readonly Id[] = [];

/** Chooses people by name: a field with a list below, and those chosen before it. */
export function PeoplePicker({ label, chosen, onChange, without = NOBODY, max }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const found = usePeopleFound(typed, without);
  const current = found[Math.min(at, found.length - 1)];
  const isChosen = (user: User): boolean => chosen.some((each) => each.id === user.id);
  const toggle = (user: User): void => {
    if (isChosen(user)) onChange(chosen.filter((each) => each.id !== user.id));
    else if (chosen.length < max) onChange([...chosen, user]);
    else return;
    setTyped("");
    setAt(0);
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setAt((found.length + at + step) % Math.max(found.length, 1));
    } else if (event.key === "Enter" && current && (typed !== "" || chosen.length === 0)) {
      event.preventDefault();
      toggle(current);
    } else if (event.key === "Backspace" && typed === "" && chosen.length > 0) {
      onChange(chosen.slice(0, -1));
    }
  };
  return (
    <div className="picker">
      <div className="picker-field">
        {chosen.map((user) => (
          <button
            key={user.id}
            type="button"
            className="picker-chip"
            aria-label={t("people.unpick", { name: nameOf(user) })}
            onClick={() => toggle(user)}
          >
            {nameOf(user)}
            <Icon name="close" size={14} />
          </button>
        ))}
        <input
          // biome-ignore lint/a11y/noAutofocus: one opened it to type
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls="picker-list"
          aria-activedescendant={current ? `pick-${current.id}` : undefined}
          aria-label={label}
          placeholder={chosen.length === 0 ? label : undefined}
          value={typed}
          autoComplete="off"
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
          onKeyDown={pressed}
          data-testid="people-input"
        />
      </div>
      <div
        id="picker-list"
        className="picker-list"
        role="listbox"
        aria-label={label}
        aria-multiselectable="true"
      >
        {found.map((user, index) => (
          <Choice
            key={user.id}
            user={user}
            chosen={isChosen(user)}
            active={index === at}
            onChoose={() => toggle(user)}
            onPoint={() => setAt(index)}
          />
        ))}
        {found.length === 0 && <p className="soft">{t("people.none")}</p>}
      </div>
    </div>
  );
}

interface ChoiceProps {
  user: User;
  chosen: boolean;
  active: boolean;
  onChoose: () => void;
  onPoint: () => void;
}

function Choice({ user, chosen, active, onChoose, onPoint }: ChoiceProps) {
  const presence = usePresence(user.id);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys, as a combobox does
    <div
      id={`pick-${user.id}`}
      role="option"
      tabIndex={-1}
      aria-selected={chosen}
      className="picker-item"
      data-active={active || undefined}
      onClick={onChoose}
      onPointerMove={onPoint}
      data-testid={`pick-${user.username}`}
    >
      <Avatar id={user.id} name={nameOf(user)} size={32} status={presence?.status} />
      <span className="grow">
        <strong>{nameOf(user)}</strong>
        <small>@{user.username}</small>
      </span>
      {chosen && <Icon name="check" size={18} />}
    </div>
  );
}
