import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Select } from "../../components/Field";
import type { Channel, Id } from "../../gateway/protocol";
import { may, permissionsOf } from "../../state/permissions";
import { useChannels, useMay, useWorld } from "../parley";
import { ByEmail } from "./ByEmail";
import { ByLink } from "./ByLink";
import { ByName } from "./ByName";
import { OpenInvites } from "./OpenInvites";

interface Props {
  groupId: Id;
  /** Where guests come in, unless another one is chosen. */
  channelId?: Id | undefined;
}

/** Invite by link, by name or by mail into a channel, and see what is open. */
export function InviteForms({ groupId, channelId }: Props) {
  const { t } = useTranslation();
  const [changed, setChanged] = useState(0);
  const onChange = useCallback(() => setChanged((count) => count + 1), []);
  const [chosen, setChosen] = useState(channelId);
  const channels = useInvitable(groupId);
  const target = (channels.find((each) => each.id === chosen) ?? channels[0])?.id ?? null;
  const invite = useMay(groupId)("create_invite");
  return (
    <>
      {target !== null && (
        <Select
          label={t("invite.channel")}
          value={target}
          onChange={setChosen}
          options={channels.map((each) => ({ value: each.id, label: `#${each.name}` }))}
          testId="invite-channel"
        />
      )}
      {(invite || target !== null) && <ByLink groupId={groupId} channelId={target} onChange={onChange} />}
      {invite && <ByName groupId={groupId} onChange={onChange} />}
      {(invite || target !== null) && <ByEmail groupId={groupId} channelId={target} onChange={onChange} />}
      <OpenInvites groupId={groupId} changed={changed} onChange={onChange} />
    </>
  );
}

/** The text channels that one may invite into. */
function useInvitable(groupId: Id): Channel[] {
  const channels = useChannels(groupId);
  const state = useWorld((world) => world.groups[groupId]);
  return useMemo(() => {
    if (!state) return [];
    return channels.filter((channel) => {
      const category = channels.find((each) => each.id === channel.category_id) ?? null;
      return (
        channel.kind === "text" && may(permissionsOf(state, channel, Date.now(), category), "create_invite")
      );
    });
  }, [channels, state]);
}
