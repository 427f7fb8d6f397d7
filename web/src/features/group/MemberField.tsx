import { type KeyboardEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { IconButton } from "../../components/Button";
import type { Id } from "../../gateway/protocol";
import { useName, useWorld } from "../parley";
import { useMembersFound } from "./useMembersFound";

interface Props {
  groupId: Id;
  label: string;
  chosen: Id | null;
  onChange: (chosen: Id | null) => void;
  without?: readonly Id[];
}

const NOBODY: readonly Id[] = [];

/** Chooses one member by the beginning of a name. */
export function MemberField({ groupId, label, chosen, onChange, without = NOBODY }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const { found, asking } = useMembersFound(groupId, typed);
  const shown = found.filter((each) => !without.includes(each));
  const open = typed.trim() !== "";
  const choose = (user: Id | undefined): void => {
    if (user === undefined) return;
    onChange(user);
    setTyped("");
    setAt(0);
  };
  const pressed = (event: KeyboardEvent): void => {
    if (!open) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      setAt((shown.length + at + step) % Math.max(shown.length, 1));
    } else if (event.key === "Enter") choose(shown[at]);
    else if (event.key === "Escape") setTyped("");
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="field member-field">
      <label htmlFor={id}>{label}</label>
      {chosen !== null ? (
        <div className="member-chosen">
          <Person groupId={groupId} userId={chosen} />
          <IconButton icon="close" size={16} label={t("member.unpick")} onClick={() => onChange(null)} />
        </div>
      ) : (
        <input
          className="input"
          id={id}
          role="combobox"
          aria-expanded={open}
          aria-controls={`${id}-list`}
          aria-activedescendant={open && shown[at] ? `${id}-${shown[at]}` : undefined}
          placeholder={t("member.search")}
          value={typed}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
          onKeyDown={pressed}
          data-testid="member-input"
        />
      )}
      {open && chosen === null && (
        <div id={`${id}-list`} className="member-options" role="listbox" aria-label={label}>
          {shown.map((user, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys, as a combobox does
            <div
              key={user}
              id={`${id}-${user}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              className="picker-item"
              data-active={index === at || undefined}
              onClick={() => choose(user)}
              onPointerMove={() => setAt(index)}
              data-testid="member-option"
            >
              <Person groupId={groupId} userId={user} />
            </div>
          ))}
          {shown.length === 0 && <p className="soft">{t(asking ? "member.searching" : "member.none")}</p>}
        </div>
      )}
    </div>
  );
}

function Person({ groupId, userId }: { groupId: Id; userId: Id }) {
  const name = useName(userId, groupId);
  const username = useWorld((world) => world.users[userId]?.username);
  return (
    <>
      <Avatar id={userId} name={name} size={24} />
      <span className="grow">
        <strong>{name}</strong>
        <small>@{username}</small>
      </span>
    </>
  );
}
