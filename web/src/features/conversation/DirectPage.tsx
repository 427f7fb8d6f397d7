import type { Id } from "../../gateway/protocol";
import { ConversationMembers } from "../home/ConversationMembers";
import { SidePanel } from "../panels/SidePanel";
import { usePlace, useUi, useWorld } from "../parley";
import { ConversationBones } from "./Bones";
import { Conversation } from "./Conversation";
import { ConversationHead } from "./ConversationHead";
import { Gone } from "./Gone";

/** A conversation outside of groups. */
export function DirectPage({ channelId }: { channelId: Id }) {
  const loaded = useWorld((world) => world.loaded);
  const conversation = useWorld((world) => world.conversations[channelId]);
  const place = usePlace(channelId);
  const panel = useUi((state) => state.panel);
  if (!loaded) return <ConversationBones />;
  if (!conversation || !place) return <Gone />;
  return (
    <>
      <main className="conversation" id="main">
        <ConversationHead conversation={conversation} />
        <Conversation key={channelId} place={place} />
      </main>
      {panel !== null ? (
        <SidePanel place={place} panel={panel} />
      ) : (
        conversation.kind === "group" && <ConversationMembers conversation={conversation} />
      )}
    </>
  );
}
