import type { Id, Section } from "../../gateway/protocol";
import { ContactCard } from "./ContactCard";
import { FileCard } from "./FileCard";
import { ForwardCard } from "./ForwardCard";
import { InviteCard } from "./InviteCard";

interface Props {
  section: Section;
  at: { channelId: Id; messageId: Id } | undefined;
}

/** What a message can hold beside text and code. */
export default function SectionCard({ section, at }: Props) {
  switch (section.kind) {
    case "file":
      return <FileCard file={section} at={at} />;
    case "forward":
      return <ForwardCard forward={section} at={at} />;
    case "contact":
      return <ContactCard userId={section.user_id} />;
    case "invite":
      return <InviteCard code={section.code} />;
    default:
      return null;
  }
}
