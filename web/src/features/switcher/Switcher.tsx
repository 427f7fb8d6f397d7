import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../../components/Icon";
import type { Channel } from "../../gateway/protocol";
import { useParley, useWorld } from "../parley";

const SHOWN = 12;
const FOCUS_AFTER_MS = 80;

/** How well a name fits what was typed: 0 does not, more is better. */
export function likeness(name: string, typed: string): number {
  const text = name.toLowerCase();
  const wanted = typed.trim().toLowerCase();
  if (wanted === "") return 1;
  if (text.startsWith(wanted)) return 4;
  const at = text.indexOf(wanted);
  if (at > 0) return /[\s._-]/.test(text[at - 1] ?? "") ? 3 : 2;
  let from = 0;
  for (const each of wanted) {
    from = text.indexOf(each, from) + 1;
    if (from === 0) return 0;
  }
  return 1;
}

export function Switcher({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const parley = useParley();
  const navigate = useNavigate();
  const channels = useWorld((world) => world.channels);
  const groups = useWorld((world) => world.groups);
  const cursors = useWorld((world) => world.cursors);
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);

  const found = useMemo(() => {
    const score = (channel: Channel): number => {
      const group = groups[channel.group_id]?.group.name ?? "";
      return Math.max(
        likeness(channel.name, typed) * 2,
        likeness(`${group} ${channel.name}`, typed),
        likeness(group, typed),
      );
    };
    return Object.values(channels)
      .filter((channel) => channel.kind !== "category")
      .map((channel) => ({ channel, score: score(channel), unread: cursors[channel.id]?.unread ?? 0 }))
      .filter((each) => each.score > 0)
      .sort(
        (a, b) => b.score - a.score || b.unread - a.unread || a.channel.name.localeCompare(b.channel.name),
      )
      .slice(0, SHOWN);
  }, [channels, groups, cursors, typed]);

  const go = (channel: Channel | undefined): void => {
    if (!channel) return;
    onClose();
    if (channel.kind === "voice") {
      void parley.call.join(channel.id);
      return;
    }
    void navigate({
      to: "/g/$groupId/c/$channelId",
      params: { groupId: channel.group_id, channelId: channel.id },
    });
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
      go(found[at]?.channel);
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
        aria-activedescendant={found[at] ? `switch-${found[at].channel.id}` : undefined}
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
        {found.map(({ channel, unread }, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys, as a combobox does
          <div
            key={channel.id}
            id={`switch-${channel.id}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            className="switch-item"
            onClick={() => go(channel)}
            onPointerMove={() => setAt(index)}
          >
            <Icon name={channel.kind === "text" ? "hash" : "sound"} size={18} />
            <span>{channel.name}</span>
            <small>{groups[channel.group_id]?.group.name}</small>
            {unread > 0 && <span className="badge">{unread}</span>}
          </div>
        ))}
        {found.length === 0 && <p className="soft">{t("switcher.none")}</p>}
      </div>
    </div>
  );
}
