import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import { Field } from "../../components/Field";
import type { Id } from "../../gateway/protocol";
import { useErrorText, useParley, useWorld } from "../parley";

/** Names a group conversation. */
export function ConversationForm({ conversationId, onClose }: { conversationId: Id; onClose: () => void }) {
  const { t } = useTranslation();
  const parley = useParley();
  const say = useErrorText();
  const known = useWorld((world) => world.conversations[conversationId]?.name ?? "");
  const [name, setName] = useState(known);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setFailure(null);
    try {
      await parley.people.nameConversation(conversationId, name.trim());
      onClose();
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
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
        problem={failure === null ? null : say(failure)}
        data-testid="conversation-name"
      />
      <div className="dialog-foot">
        <Button look="quiet" onClick={onClose}>
          {t("action.cancel")}
        </Button>
        <Button type="submit" look="primary" busy={busy} data-testid="conversation-save">
          {t("action.save")}
        </Button>
      </div>
    </form>
  );
}
