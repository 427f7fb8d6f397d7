import { InviteForms } from "../invites/InviteForms";
import type { SectionProps } from "./GroupSettings";

/** The ways into the group, and those that are open. */
export function InvitesSection({ groupId }: SectionProps) {
  return (
    <div className="form">
      <InviteForms groupId={groupId} />
    </div>
  );
}
