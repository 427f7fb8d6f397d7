import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type DialogSpec, endSelection, ui } from "../../state/ui";
import { nameOf, useParley } from "../parley";

export type ConfirmedSpec = Extract<
  DialogSpec,
  {
    kind:
      | "deleteGroup"
      | "leaveGroup"
      | "deleteChannel"
      | "deleteMessage"
      | "deleteMessages"
      | "leaveConversation"
      | "removeFromConversation"
      | "block"
      | "endFriendship";
  }
>;

interface Confirmed {
  title: string;
  text: string;
  action: string;
  /** Whether one can say why, for the audit log of a group. */
  reasoned?: boolean;
  work: (reason?: string) => Promise<void>;
}

/** Words and deed for each thing that is asked about first. */
export function useConfirmed(spec: ConfirmedSpec): Confirmed {
  const { t } = useTranslation();
  const parley = useParley();
  const navigate = useNavigate();
  const { groups, channels, users, histories, me } = parley.world.getState();
  switch (spec.kind) {
    case "deleteGroup":
      return {
        title: t("group.deleteTitle"),
        text: t("group.deleteText", { name: groups[spec.groupId]?.group.name ?? "" }),
        action: t("group.delete"),
        work: async () => {
          await parley.api.deleteGroup(spec.groupId);
          await navigate({ to: "/home" });
        },
      };
    case "leaveGroup":
      return {
        title: t("group.leaveTitle"),
        text: t("group.leaveText", { name: groups[spec.groupId]?.group.name ?? "" }),
        action: t("group.leave"),
        work: async () => {
          await parley.api.removeMember(spec.groupId, "@me");
          await navigate({ to: "/home" });
        },
      };
    case "deleteChannel": {
      const channel = channels[spec.channelId];
      return {
        title: t("channel.deleteTitle"),
        text: t("channel.deleteText", { name: channel?.name ?? "" }),
        action: t("channel.delete"),
        reasoned: true,
        work: async (reason) => {
          await parley.api.deleteChannel(spec.channelId, reason);
          if (channel) await navigate({ to: "/g/$groupId", params: { groupId: channel.group_id } });
        },
      };
    }
    case "deleteMessages": {
      const ids = ui.getState().selection?.ids ?? [];
      return {
        title: t("select.deleteTitle", { count: ids.length }),
        text: t("message.deleteText"),
        action: t("select.delete"),
        reasoned: spec.channelId in channels,
        work: async (reason) => {
          await parley.conversations.removeAll(spec.channelId, ids, reason);
          endSelection();
        },
      };
    }
    case "leaveConversation":
      return {
        title: t("conversation.leaveTitle"),
        text: t("conversation.leaveText"),
        action: t("conversation.leave"),
        work: async () => {
          await parley.people.removeFrom(spec.conversationId, "@me");
          await navigate({ to: "/home" });
        },
      };
    case "removeFromConversation":
      return {
        title: t("conversation.removeTitle"),
        text: t("conversation.removeText", { name: nameOf(users[spec.userId]) }),
        action: t("action.remove"),
        work: () => parley.people.removeFrom(spec.conversationId, spec.userId),
      };
    case "block":
      return {
        title: t("people.blockTitle", { name: nameOf(users[spec.userId]) }),
        text: t("people.blockText"),
        action: t("people.block"),
        work: async () => {
          await parley.people.relate(spec.userId, "blocked");
        },
      };
    case "endFriendship":
      return {
        title: t("friends.endTitle"),
        text: t("friends.endText", { name: nameOf(users[spec.userId]) }),
        action: t("friends.endAction"),
        work: () => parley.people.endRelation(spec.userId),
      };
    case "deleteMessage": {
      const message = histories[spec.channelId]?.messages.find((each) => each.id === spec.messageId);
      return {
        title: t("message.deleteTitle"),
        text: t("message.deleteText"),
        action: t("message.delete"),
        // Of a report, the message may not be here: it is somebody else's all the more.
        reasoned: spec.channelId in channels && message?.author_id !== me?.id,
        work: (reason) => parley.conversations.remove(spec.channelId, spec.messageId, reason),
      };
    }
  }
}
