import { useTranslation } from "react-i18next";
import type { MenuEntry } from "../../components/overlays";
import type { Conversation } from "../../gateway/protocol";
import { openDialog } from "../../state/ui";
import { useAccount, useParley, useWorld } from "../parley";

/** What can be done with a conversation. */
export function useConversationEntries({ id, kind, member_ids }: Conversation): MenuEntry[] {
  const { t } = useTranslation();
  const parley = useParley();
  const unread = useWorld((world) => (world.cursors[id]?.unread ?? 0) > 0);
  const max = useAccount((account) => account.server?.limits.conversation_members_max ?? 10);
  const entries: (MenuEntry & { shown: boolean })[] = [
    {
      id: "read",
      label: t("menu.markRead"),
      icon: "check",
      shown: unread,
      onChoose: () => void parley.reading.readAll(id),
    },
    {
      id: "add",
      label: t(kind === "direct" ? "conversation.addToNew" : "conversation.add"),
      icon: "invite",
      shown: member_ids.length < max,
      testId: "conversation-add",
      onChoose: () => openDialog({ kind: "newConversation", conversationId: id }),
    },
    {
      id: "name",
      label: t("conversation.rename"),
      icon: "edit",
      shown: kind === "group",
      testId: "conversation-rename",
      onChoose: () => openDialog({ kind: "renameConversation", conversationId: id }),
    },
    {
      id: "level",
      label: t("menu.notifications"),
      icon: "bell",
      shown: true,
      onChoose: () => openDialog({ kind: "level", scope: "channel", targetId: id }),
    },
    {
      id: "leave",
      label: t("conversation.leave"),
      icon: "exit",
      danger: true,
      shown: kind === "group",
      testId: "conversation-leave",
      onChoose: () => openDialog({ kind: "leaveConversation", conversationId: id }),
    },
  ];
  return entries.filter((each) => each.shown);
}
