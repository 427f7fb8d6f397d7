import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Field } from "../../components/Field";
import type { Id } from "../../gateway/protocol";
import { useParley, useWorld } from "../parley";
import { useDeed } from "../useDeed";
import { DialogFoot } from "./DialogFoot";

/** Names a group conversation. */
export function ConversationForm({ conversationId, onClose }: { conversationId: Id; onClose: () => void }) {
  const { t } = useTranslation();
  const parley = useParley();
  const known = useWorld((world) => world.conversations[conversationId]?.name ?? "");
  const [name, setName] = useState(known);
  const { busy, problem, run } = useDeed();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (await run(() => parley.people.nameConversation(conversationId, name.trim()))) onClose();
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <Field
        label={t("conversation.name")}
        hint={t("conversation.nameHint")}
        value={name}
        maxLength={100}
        autoFocus
        autoComplete="off"
        onChange={(event) => setName(event.target.value)}
        problem={problem}
        data-testid="conversation-name"
      />
      <DialogFoot action={t("action.save")} busy={busy} testId="conversation-save" onClose={onClose} />
    </form>
  );
}
