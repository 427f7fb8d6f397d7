import { useNavigate } from "@tanstack/react-router";
import { Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { lazily } from "../../components/lazily";
import { useWide } from "../../components/useMedia";
import { load, save } from "../../lib/storage";
import { ui } from "../../state/ui";
import { Members } from "../members/Members";
import { SidePanel } from "../panels/SidePanel";
import { useChannels, usePlace, useUi, useWorld } from "../parley";
import { ConversationBones } from "./Bones";
import { Conversation } from "./Conversation";
import { ChannelHead } from "./ConversationHead";
import { Gone } from "./Gone";
import "./conversation.css";

const Stage = lazily(
  () => import("../voice/Stage"),
  (module) => module.Stage,
);

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
  const place = usePlace(channelId);
  const panel = useUi((state) => (channel?.kind === "text" ? state.panel : null));
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
        <ChannelHead channel={channel} />
        {channel.kind === "text" ? (
          place && <Conversation key={channel.id} place={place} />
        ) : (
          <Suspense fallback={null}>
            <Stage channel={channel} />
          </Suspense>
        )}
      </main>
      {panel !== null && place !== null ? (
        <SidePanel place={place} panel={panel} />
      ) : (
        <Members groupId={groupId} />
      )}
    </>
  );
}
