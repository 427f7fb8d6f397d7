import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Switch } from "../../../components/Field";
import type { Channel, Overwrite } from "../../../gateway/protocol";
import { isPrivate } from "../../../state/channelTree";
import { Permission, permissionsOf } from "../../../state/permissions";
import { choiceOf, withChoice } from "../../../state/permissionTopics";
import { upkeepOf } from "../../../state/upkeep";
import { useAttempt, useParley, useWorld } from "../../parley";

/** The overwrite for everyone with another choice for viewing, in its place among the channel's others. */
function withView(channel: Channel, choice: "neutral" | "allow" | "deny"): Overwrite {
  const known = channel.overwrites.find(
    (each) => each.target === "role" && each.target_id === channel.group_id,
  );
  const bits = withChoice(known ?? { allow: 0, deny: 0 }, "view_channel", choice);
  return { target: "role", target_id: channel.group_id, ...bits };
}

/** Whether everyone sees the channel, or only those whom it lets in. */
export function PrivateSwitch({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const state = useWorld((world) => world.groups[channel.group_id]);
  // What was asked for is shown until the server has answered.
  const [wish, setWish] = useState<boolean | null>(null);
  const category = useWorld((world) => (channel.category_id ? world.channels[channel.category_id] : null));
  if (!state) return null;
  const hidden = isPrivate(channel, category);
  // In a private category it takes an allow of its own to be open.
  const inherited = isPrivate({ ...channel, overwrites: [] }, category);
  const wanted = withView(channel, hidden ? (inherited ? "allow" : "neutral") : "deny");
  const others = channel.overwrites.filter(
    (each) => each.target !== "role" || each.target_id !== channel.group_id,
  );
  const after = permissionsOf(state, { overwrites: [...others, wanted] }, Date.now(), category);
  const keepsSight = hidden || (after & Permission.view_channel) !== 0;
  const change = async (): Promise<void> => {
    const upkeep = upkeepOf(parley);
    const says = wanted.allow !== 0 || wanted.deny !== 0;
    setWish(!hidden);
    await attempt(() =>
      says ? upkeep.setOverwrite(channel.id, wanted) : upkeep.deleteOverwrite(channel.id, wanted),
    );
    setWish(null);
  };
  const denied = choiceOf(wanted, "view_channel") === "deny";
  return (
    <Switch
      label={t(channel.kind === "category" ? "channel.privateCategory" : "channel.isPrivate")}
      hint={t(keepsSight || !denied ? "channel.privateHint" : "channel.privateFirst")}
      checked={wish ?? hidden}
      disabled={!keepsSight || wish !== null}
      onChange={() => void change()}
      testId="channel-private"
    />
  );
}
