import { Navigate } from "@tanstack/react-router";
import { useWide } from "../../components/useMedia";
import { load } from "../../lib/storage";
import { useGroups, useWorld } from "../parley";

/** Where one lands: the group of the last time, or home. */
export function Landing() {
  const loaded = useWorld((world) => world.loaded);
  const groups = useGroups();
  const wide = useWide();
  if (!loaded) return <div className="blank" aria-busy="true" />;
  const last = load<string | null>("lastGroup", null);
  const target = groups.find((each) => each.group.id === last) ?? groups[0];
  if (!target) return <Navigate to="/home" replace />;
  const channel = load<Record<string, string>>("lastChannels", {})[target.group.id];
  if (wide && channel) {
    return (
      <Navigate
        to="/g/$groupId/c/$channelId"
        params={{ groupId: target.group.id, channelId: channel }}
        replace
      />
    );
  }
  return <Navigate to="/g/$groupId" params={{ groupId: target.group.id }} replace />;
}
