import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { useWide } from "../../components/useMedia";
import type { Channel } from "../../gateway/protocol";
import { load, save } from "../../lib/storage";
import { settings } from "../../state/settings";
import { ui } from "../../state/ui";
import { Members } from "../members/Members";
import { useChannels, useSettings, useUi, useWorld } from "../parley";
import { Stage } from "../voice/Stage";
import { ConversationBones } from "./Bones";
import { Conversation } from "./Conversation";
import "./conversation.css";

/** A group without a channel in the address: to the last one on a wide screen; a narrow one shows the list. */
export function GroupPage({ groupId }: { groupId: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const wide = useWide();
  const loaded = useWorld((world) => world.loaded);
  const known = useWorld((world) => groupId in world.groups);
  const channels = useChannels(groupId);
  const texts = channels.filter((each) => each.kind === "text");
  const last = load<Record<string, string>>("lastChannels", {})[groupId];
  const target = texts.find((each) => each.id === last) ?? texts[0];
  const to = wide && target ? target.id : null;
  useEffect(() => {
    if (known) save("lastGroup", groupId);
    if (to !== null) {
      void navigate({ to: "/g/$groupId/c/$channelId", params: { groupId, channelId: to }, replace: true });
    }
  }, [groupId, known, navigate, to]);
  if (!loaded || to !== null) return <ConversationBones />;
  if (!known) return <Gone />;
  return (
    <main className="blank" id="main">
      <h2>{t("channel.noneTitle")}</h2>
      <p>{t("channel.none")}</p>
    </main>
  );
}

export function ChannelPage({ groupId, channelId }: { groupId: string; channelId: string }) {
  const loaded = useWorld((world) => world.loaded);
  const channel = useWorld((world) => world.channels[channelId]);
  const known = channel !== undefined && channel.group_id === groupId;
  useEffect(() => {
    if (!known) return;
    save("lastGroup", groupId);
    save("lastChannels", { ...load<Record<string, string>>("lastChannels", {}), [groupId]: channelId });
    return () => ui.setState({ membersOpen: false });
  }, [groupId, channelId, known]);
  if (!loaded) return <ConversationBones />;
  if (!known) return <Gone />;
  return (
    <>
      <main className="conversation" id="main">
        <Head channel={channel} />
        {channel.kind === "text" ? (
          <Conversation key={channel.id} channel={channel} />
        ) : (
          <Stage channel={channel} />
        )}
      </main>
      <Members groupId={groupId} />
    </>
  );
}

function Head({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const wide = useWide();
  const shown = useSettings((state) => state.membersShown);
  const open = useUi((state) => state.membersOpen);
  const pressed = wide ? shown : open;
  const toggle = (): void => {
    if (wide) settings.setState({ membersShown: !shown });
    else ui.setState({ membersOpen: !open });
  };
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
      <Icon name={channel.kind === "text" ? "hash" : "sound"} />
      <h1>{channel.name}</h1>
      {channel.topic !== "" && <p title={channel.topic}>{channel.topic}</p>}
      <IconButton
        icon="people"
        label={t(pressed ? "members.hide" : "members.show")}
        aria-pressed={pressed}
        onClick={toggle}
        data-testid="members-toggle"
      />
    </header>
  );
}

function Gone() {
  const { t } = useTranslation();
  return (
    <main className="blank" id="main">
      <h2>{t("channel.goneTitle")}</h2>
      <p>{t("channel.gone")}</p>
      <Link to="/home" className="button">
        {t("shell.home")}
      </Link>
    </main>
  );
}
