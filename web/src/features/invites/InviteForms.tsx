import { useCallback, useState } from "react";
import type { Id } from "../../gateway/protocol";
import { useMay } from "../parley";
import { ByEmail } from "./ByEmail";
import { ByLink } from "./ByLink";
import { ByName } from "./ByName";
import { OpenInvites } from "./OpenInvites";

/** Invite by link, by name or by mail, and see what is open. */
export function InviteForms({ groupId }: { groupId: Id }) {
  const [changed, setChanged] = useState(0);
  const onChange = useCallback(() => setChanged((count) => count + 1), []);
  const invite = useMay(groupId)("create_invite");
  return (
    <>
      {invite && (
        <>
          <ByLink groupId={groupId} onChange={onChange} />
          <ByName groupId={groupId} onChange={onChange} />
          <ByEmail groupId={groupId} onChange={onChange} />
        </>
      )}
      <OpenInvites groupId={groupId} changed={changed} onChange={onChange} />
    </>
  );
}
