import type { SectionProps } from "../GroupSettings";
import { Reports } from "./Reports";

/** What people, and word filters, ask the moderators of a group to look at. */
export function ReportsSection({ groupId }: SectionProps) {
  return <Reports groupId={groupId} />;
}
