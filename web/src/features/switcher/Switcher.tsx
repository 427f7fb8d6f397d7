import { type KeyboardEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { Icon } from "../../components/Icon";
import { likeness } from "../../lib/likeness";
import { byActivity, channelPlace, conversationName, type Place, partnerOf } from "../../state/places";
import type { World } from "../../state/world";
import { useGo } from "../navigation";
import { useParley, useWorld } from "../parley";

const SHOWN = 12;
const FOCUS_AFTER_MS = 80;

interface Target extends Pick<Place, "id" | "groupId" | "kind" | "name"> {
  voice: boolean;
  /** The group's name. */
  around: string;
  partner: string | null;
}

function targetsOf(world: World): Target[] {
  const channels = Object.values(world.channels)
    .filter((each) => each.kind !== "category")
    .map(
      (each): Target => ({
        ...channelPlace(each),
        voice: each.kind === "voice",
        around: world.groups[each.group_id]?.group.name ?? "",
        partner: null,
      }),
    );
  const conversations = byActivity(Object.values(world.conversations)).map(
    (each): Target => ({
      id: each.id,
      groupId: null,
      kind: each.kind,
      name: conversationName(world, each),
      voice: false,
      around: "",
      partner: each.kind === "direct" ? partnerOf(each, world.me?.id ?? "") : null,
    }),
  );
  return [...conversations, ...channels];
}

export function Switcher({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const parley = useParley();
  const go = useGo();
  const world = useWorld((each) => each);
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);

  const found = useMemo(() => {
    const score = ({ name, around }: Target): number =>
      Math.max(likeness(name, typed) * 2, likeness(`${around} ${name}`, typed), likeness(around, typed));
    return targetsOf(world)
      .map((target) => ({ target, score: score(target), unread: world.cursors[target.id]?.unread ?? 0 }))
      .filter((each) => each.score > 0)
      .sort((a, b) => b.score - a.score || b.unread - a.unread || a.target.name.localeCompare(b.target.name))
      .slice(0, SHOWN);
  }, [world, typed]);

  const choose = (target: Target | undefined): void => {
    if (!target) return;
    onClose();
    if (target.voice) {
      void parley.call.join(target.id);
      return;
    }
    void go(target);
    // After the dialog has given the focus back to where it was.
    setTimeout(() => document.getElementById("composer")?.focus(), FOCUS_AFTER_MS);
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setAt((found.length + at + step) % Math.max(found.length, 1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      choose(found[at]?.target);
    }
  };
  return (
    <div className="switcher">
      <input
        className="input"
        // biome-ignore lint/a11y/noAutofocus: one opened it to type
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls="switcher-list"
        aria-activedescendant={found[at] ? `switch-${found[at].target.id}` : undefined}
        aria-label={t("switcher.placeholder")}
        placeholder={t("switcher.placeholder")}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={pressed}
        data-testid="switcher-input"
      />
      <div id="switcher-list" role="listbox" aria-label={t("shell.switcher")}>
        {found.map(({ target, unread }, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys, as a combobox does
          <div
            key={target.id}
            id={`switch-${target.id}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            className="switch-item"
            onClick={() => choose(target)}
            onPointerMove={() => setAt(index)}
          >
            {target.partner === null ? (
              <Icon name={target.voice ? "sound" : target.kind === "group" ? "people" : "hash"} size={18} />
            ) : (
              <Avatar id={target.partner} name={target.name} size={20} />
            )}
            <span>{target.name}</span>
            <small>{target.around}</small>
            {unread > 0 && <span className="badge">{unread}</span>}
          </div>
        ))}
        {found.length === 0 && <p className="soft">{t("switcher.none")}</p>}
      </div>
    </div>
  );
}
