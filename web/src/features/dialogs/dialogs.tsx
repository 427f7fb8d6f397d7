import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "../../components/overlays";
import type { DialogSpec } from "../../state/ui";
import { Reactors } from "../conversation/Reactors";
import { InviteForms } from "../invites/InviteForms";
import { LevelForm } from "../levels/LevelForm";
import { MemberDialog } from "../members/MemberDialog";
import { PictureView } from "../messages/PictureView";
import { Switcher } from "../switcher/Switcher";
import { ChannelForm } from "./ChannelForm";
import { Confirm } from "./Confirm";
import { ConversationForm } from "./ConversationForm";
import { Edits } from "./Edits";
import { ForwardForm } from "./ForwardForm";
import { GroupForm } from "./GroupForm";
import { NewConversation } from "./NewConversation";
import { ReportForm } from "./ReportForm";
import { ShareContact } from "./ShareContact";
import { ShareInvite } from "./ShareInvite";
import { type ConfirmedSpec, useConfirmed } from "./useConfirmed";

interface Props {
  dialog: DialogSpec;
  onClose: () => void;
}

export default function Dialogs({ dialog, onClose }: Props) {
  const { t } = useTranslation();
  const frame = (title: string, children: ReactNode, large = false): ReactNode => (
    <Dialog title={title} closeLabel={t("action.close")} onClose={onClose} large={large}>
      {children}
    </Dialog>
  );
  switch (dialog.kind) {
    case "newGroup":
      return frame(t("group.newTitle"), <GroupForm onClose={onClose} />);
    case "newChannel":
      return frame(
        t(dialog.channelKind === "category" ? "channel.newCategory" : "channel.newTitle"),
        <ChannelForm
          groupId={dialog.groupId}
          kind={dialog.channelKind}
          categoryId={dialog.categoryId}
          onClose={onClose}
        />,
      );
    case "member":
      return (
        <MemberDialog deed={dialog.deed} groupId={dialog.groupId} userId={dialog.userId} onClose={onClose} />
      );
    case "newConversation":
      return frame(
        t(dialog.conversationId === undefined ? "home.newConversation" : "conversation.add"),
        <NewConversation conversationId={dialog.conversationId} onClose={onClose} />,
      );
    case "renameConversation":
      return frame(
        t("conversation.rename"),
        <ConversationForm conversationId={dialog.conversationId} onClose={onClose} />,
      );
    case "level":
      return frame(
        t("menu.notifications"),
        <LevelForm scope={dialog.scope} targetId={dialog.targetId} onClose={onClose} />,
      );
    case "invite":
      return frame(t("group.invite"), <InviteForms groupId={dialog.groupId} channelId={dialog.channelId} />);
    case "switcher":
      return frame(t("shell.switcher"), <Switcher onClose={onClose} />);
    case "reactors":
      return frame(
        t("reaction.title"),
        <Reactors channelId={dialog.channelId} messageId={dialog.messageId} emoji={dialog.emoji} />,
      );
    case "forward":
      return frame(
        t("message.forward"),
        <ForwardForm channelId={dialog.channelId} messageId={dialog.messageId} onClose={onClose} />,
      );
    case "edits":
      return frame(t("message.edits"), <Edits channelId={dialog.channelId} messageId={dialog.messageId} />);
    case "report":
      return frame(
        t("message.report"),
        <ReportForm channelId={dialog.channelId} messageId={dialog.messageId} onClose={onClose} />,
      );
    case "shareContact":
      return frame(t("share.contact"), <ShareContact channelId={dialog.channelId} onClose={onClose} />);
    case "shareInvite":
      return frame(t("share.invite"), <ShareInvite channelId={dialog.channelId} onClose={onClose} />);
    case "picture":
      return frame(dialog.file.name, <PictureView file={dialog.file} channelId={dialog.channelId} />, true);
    default:
      return <Question dialog={dialog} onClose={onClose} />;
  }
}

function Question({ dialog, onClose }: { dialog: ConfirmedSpec; onClose: () => void }) {
  const { t } = useTranslation();
  const { title, text, action, reasoned, work } = useConfirmed(dialog);
  return (
    <Dialog title={title} closeLabel={t("action.close")} onClose={onClose} alert>
      <Confirm text={text} action={action} reasoned={reasoned === true} work={work} onClose={onClose} />
    </Dialog>
  );
}
