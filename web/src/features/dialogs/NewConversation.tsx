import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Field } from "../../components/Field";
import type { Id, User } from "../../gateway/protocol";
import { useGo } from "../navigation";
import { useAccount, useParley, useWorld } from "../parley";
import { PeoplePicker } from "../people/PeoplePicker";
import { DeedForm } from "./DeedForm";

interface Props {
  /** Add to this one; people added to a direct conversation begin a new one with the two. */
  conversationId?: Id | undefined;
  onClose: () => void;
}

export function NewConversation({ conversationId, onClose }: Props) {
  const { t } = useTranslation();
  const parley = useParley();
  const go = useGo();
  const me = useAccount((account) => account.me?.id);
  const max = useAccount((account) => account.server?.limits.conversation_members_max ?? 10);
  const known = useWorld((world) =>
    conversationId === undefined ? undefined : world.conversations[conversationId],
  );
  const there = useMemo(() => known?.member_ids ?? (me === undefined ? [] : [me]), [known, me]);
  const [chosen, setChosen] = useState<User[]>([]);
  const [name, setName] = useState("");
  const adding = known?.kind === "group";
  const others = [...there.filter((each) => each !== me), ...chosen.map((each) => each.id)];

  const work = async (): Promise<void> => {
    if (adding && conversationId !== undefined) {
      for (const user of chosen) await parley.people.addTo(conversationId, user.id);
      return;
    }
    const id = await parley.people.converse(others, others.length > 1 ? name.trim() : undefined);
    await go({ id, groupId: null });
  };
  return (
    <DeedForm
      action={t(adding ? "conversation.addDone" : "conversation.start", { count: others.length })}
      testId="conversation-start"
      valid={chosen.length > 0}
      work={work}
      onClose={onClose}
    >
      <PeoplePicker
        label={t("people.search")}
        chosen={chosen}
        onChange={setChosen}
        without={there}
        max={max - there.length}
      />
      {!adding && others.length > 1 && (
        <Field
          label={t("conversation.name")}
          hint={t("conversation.nameHint")}
          value={name}
          maxLength={100}
          autoComplete="off"
          onChange={(event) => setName(event.target.value)}
          data-testid="conversation-name"
        />
      )}
    </DeedForm>
  );
}
