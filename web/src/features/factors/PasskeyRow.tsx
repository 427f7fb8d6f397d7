import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "../../components/Button";
import { Field } from "../../components/Field";
import { Icon } from "../../components/Icon";
import type { Passkey } from "../../gateway/factors";
import { withProof } from "../../state/proof";
import { Ask } from "../dialogs/Ask";
import { dateAndTime } from "../messages/times";
import { useParley } from "../parley";
import { useDeed } from "../useDeed";

interface Props {
  passkey: Passkey;
  onChange: () => void;
}

/** One passkey: rename it, or remove it. */
export function PasskeyRow({ passkey, onChange }: Props) {
  const { t, i18n } = useTranslation();
  const parley = useParley();
  const [renaming, setRenaming] = useState(false);
  const [asking, setAsking] = useState(false);
  const used = passkey.used_ms;
  return (
    <li className="row-item">
      <Icon name="key" size={18} />
      {renaming ? (
        <Rename
          passkey={passkey}
          onEnd={(changed) => {
            setRenaming(false);
            if (changed) onChange();
          }}
        />
      ) : (
        <>
          <div className="grow">
            <strong>{passkey.name}</strong>
            <small>
              {used === null
                ? t("factor.neverUsed")
                : t("factor.lastUsed", { when: dateAndTime(used, i18n.language) })}
              {" · "}
              {t("factor.added", { when: dateAndTime(passkey.created_ms, i18n.language) })}
              {passkey.synced && ` · ${t("factor.synced")}`}
            </small>
          </div>
          <IconButton
            icon="edit"
            label={t("factor.rename", { name: passkey.name })}
            onClick={() => setRenaming(true)}
          />
          <IconButton
            icon="trash"
            label={t("factor.remove", { name: passkey.name })}
            onClick={() => setAsking(true)}
          />
        </>
      )}
      {asking && (
        <Ask
          title={t("factor.remove", { name: passkey.name })}
          text={t("factor.removeText")}
          action={t("action.remove")}
          onClose={() => setAsking(false)}
          work={async () => {
            await withProof(() => parley.factors.removePasskey(passkey.id));
            onChange();
          }}
        />
      )}
    </li>
  );
}

function Rename({ passkey, onEnd }: { passkey: Passkey; onEnd: (changed: boolean) => void }) {
  const { t } = useTranslation();
  const parley = useParley();
  const [name, setName] = useState(passkey.name);
  const { busy, problem, run } = useDeed();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void run(async () => {
      await parley.factors.renamePasskey(passkey.id, name.trim());
      onEnd(true);
    });
  };
  return (
    <form className="by-name grow" onSubmit={submit}>
      <Field
        label={t("factor.passkeyName")}
        autoFocus
        value={name}
        maxLength={48}
        problem={problem}
        onChange={(event) => setName(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.preventDefault();
          onEnd(false);
        }}
      />
      <Button type="submit" busy={busy} disabled={name.trim() === ""}>
        {t("action.save")}
      </Button>
    </form>
  );
}
