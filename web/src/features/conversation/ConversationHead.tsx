import { Link } from "@tanstack/react-router";
import { type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { IconButton } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { LazyMenu } from "../../components/LazyOverlays";
import type { MenuEntry } from "../../components/overlays";
import { useWide } from "../../components/useMedia";
import type { Channel, Conversation } from "../../gateway/protocol";
import { conversationName, partnerOf } from "../../state/places";
import { settings } from "../../state/settings";
import { openDialog, type PanelKind, ui } from "../../state/ui";
import { useConversationEntries } from "../home/useConversationEntries";
import { useMyId, useParley, usePresence, useSettings, useUi, useWorld } from "../parley";

/** The head of a channel. */
export function ChannelHead({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const parley = useParley();
  const wide = useWide();
  const unread = useWorld((world) => (world.cursors[channel.id]?.unread ?? 0) > 0);
  const text = channel.kind === "text";
  const entries: MenuEntry[] = [
    {
      id: "level",
      label: t("menu.notifications"),
      icon: "bell",
      onChoose: () => openDialog({ kind: "level", scope: "channel", targetId: channel.id }),
    },
  ];
  if (unread)
    entries.unshift({
      id: "read",
      label: t("menu.markRead"),
      icon: "check",
      onChoose: () => void parley.reading.readAll(channel.id),
    });
  return (
    <header className="conversation-head">
      {!wide && (
        <Link
          to="/g/$groupId"
          params={{ groupId: channel.group_id }}
          className="icon-button"
          aria-label={t("shell.back")}
          data-testid="back"
        >
          <Icon name="back" size={22} />
        </Link>
      )}
      <Icon name={text ? "hash" : "sound"} />
      <h1>{channel.name}</h1>
      {channel.topic !== "" && <p title={channel.topic}>{channel.topic}</p>}
      <HeadTools name={channel.name} entries={text ? entries : []} searchable={text} members />
    </header>
  );
}

/** The head of a conversation. */
export function ConversationHead({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const wide = useWide();
  const me = useMyId();
  const name = useWorld((world) => conversationName(world, conversation));
  const direct = conversation.kind === "direct";
  const partner = direct ? partnerOf(conversation, me) : null;
  const presence = usePresence(partner);
  const entries = useConversationEntries(conversation);
  const status = presence?.status ?? "offline";
  return (
    <header className="conversation-head">
      {!wide && (
        <Link to="/home" className="icon-button" aria-label={t("shell.backHome")} data-testid="back">
          <Icon name="back" size={22} />
        </Link>
      )}
      <Avatar id={partner ?? conversation.id} name={name} size={24} status={direct ? status : undefined} />
      <h1>{name}</h1>
      <p>
        {direct
          ? presence?.text || t(`presence.${status}`)
          : t("members.count", { count: conversation.member_ids.length })}
      </p>
      <HeadTools name={name} entries={entries} searchable members={!direct} />
    </header>
  );
}

interface ToolsProps {
  name: string;
  entries: MenuEntry[];
  searchable: boolean;
  members: boolean;
}

function HeadTools({ name, entries, searchable, members }: ToolsProps): ReactNode {
  const { t } = useTranslation();
  const trigger = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  return (
    <div className="head-tools">
      {searchable && (
        <>
          <PanelButton panel="search" icon="search" label={t("search.open")} />
          <PanelButton panel="pins" icon="pin" label={t("pins.open")} />
        </>
      )}
      {members && <MembersButton />}
      {entries.length > 0 && (
        <IconButton
          ref={trigger}
          icon="more"
          label={t("menu.more", { name })}
          aria-haspopup="menu"
          aria-expanded={open}
          onClick={() => setOpen(true)}
          data-testid="place-menu"
        />
      )}
      {open && <LazyMenu label={name} trigger={trigger} entries={entries} onClose={() => setOpen(false)} />}
    </div>
  );
}

function PanelButton({ panel, icon, label }: { panel: PanelKind; icon: "search" | "pin"; label: string }) {
  const pressed = useUi((state) => state.panel === panel);
  return (
    <IconButton
      icon={icon}
      label={label}
      aria-pressed={pressed}
      onClick={() => ui.setState({ panel: pressed ? null : panel, membersOpen: false })}
      data-testid={`${panel}-open`}
    />
  );
}

function MembersButton() {
  const { t } = useTranslation();
  const wide = useWide();
  const shown = useSettings((state) => state.membersShown);
  const open = useUi((state) => state.membersOpen);
  const panel = useUi((state) => state.panel !== null);
  const pressed = (wide ? shown : open) && !panel;
  const toggle = (): void => {
    ui.setState({ panel: null });
    if (wide) settings.setState({ membersShown: !pressed });
    else ui.setState({ membersOpen: !open });
  };
  return (
    <IconButton
      icon="people"
      label={t(pressed ? "members.hide" : "members.show")}
      aria-pressed={pressed}
      onClick={toggle}
      data-testid="members-toggle"
    />
  );
}
