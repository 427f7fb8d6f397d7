import type { Id, User } from "../../gateway/protocol";
import { draftOf, setDraft } from "../../state/drafts";

/** Puts somebody's name at the end of what is being written in a place. */
export function mention(channelId: Id, user: User): void {
  const draft = draftOf(channelId);
  const gap = draft.text === "" || /\s$/.test(draft.text) ? "" : " ";
  setDraft(channelId, {
    ...draft,
    text: `${draft.text}${gap}@${user.username} `,
    picked: { ...draft.picked, [`@${user.username}`]: `<@${user.id}>` },
  });
  setTimeout(() => document.getElementById("composer")?.focus(), 0);
}
