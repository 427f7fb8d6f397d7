import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Field } from "../../components/Field";
import { useAccount, useParley } from "../parley";
import { useDeed } from "../useDeed";
import { DialogFoot } from "./DialogFoot";

/** Makes a group. */
export function GroupForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const parley = useParley();
  const navigate = useNavigate();
  const max = useAccount((account) => account.server?.limits.group_name_max ?? 100);
  const [name, setName] = useState("");
  const { busy, problem, run } = useDeed();

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const done = await run(async () => {
      const view = await parley.api.createGroup(name.trim());
      parley.entered(view);
      const groupId = view.group.id;
      const text = view.channels.find((each) => each.kind === "text");
      if (text) await navigate({ to: "/g/$groupId/c/$channelId", params: { groupId, channelId: text.id } });
      else await navigate({ to: "/g/$groupId", params: { groupId } });
    });
    if (done) onClose();
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <p className="soft">{t("group.newLead")}</p>
      <Field
        label={t("group.name")}
        placeholder={t("group.namePlaceholder")}
        value={name}
        maxLength={max}
        autoFocus
        autoComplete="off"
        onChange={(event) => setName(event.target.value)}
        problem={problem}
        data-testid="group-name"
      />
      <DialogFoot
        action={t("group.create")}
        busy={busy}
        valid={name.trim() !== ""}
        testId="group-create"
        onClose={onClose}
      />
    </form>
  );
}
