import { Icon } from "../../components/Icon";
import type { Id } from "../../gateway/protocol";
import { usePlace, useWorld } from "../parley";

/** Where a message stands: the channel and its group, or the conversation. */
export function PlaceName({ channelId }: { channelId: Id }) {
  const place = usePlace(channelId);
  const group = useWorld((world) => (place?.groupId ? world.groups[place.groupId]?.group.name : undefined));
  if (!place) return null;
  const icon = place.kind === "channel" ? "hash" : place.kind === "group" ? "people" : "message";
  return (
    <span className="place-name">
      <Icon name={icon} size={14} />
      {place.name}
      {group !== undefined && <small>{group}</small>}
    </span>
  );
}
