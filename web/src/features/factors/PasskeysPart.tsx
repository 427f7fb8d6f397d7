import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import { Field } from "../../components/Field";
import type { Passkey } from "../../gateway/factors";
import { RequestError } from "../../lib/errors";
import { isThereAlready, makePasskey, passkeysPossible, wasCalledOff } from "../../lib/passkeys";
import { withProof } from "../../state/proof";
import { useAccount, useParley } from "../parley";
import { useDeed } from "../useDeed";
import { PasskeyRow } from "./PasskeyRow";

interface Props {
  passkeys: readonly Passkey[];
  onChange: (codes?: readonly string[] | null) => void;
}

/** Passkeys: those there are, and one more. */
export function PasskeysPart({ passkeys, onChange }: Props) {
  const { t } = useTranslation();
  const [adding, setAdding] = useState(false);
  return (
    <section aria-labelledby="factor-passkeys">
      <h3 id="factor-passkeys">{t("factor.passkeys")}</h3>
      <div className="factor-line">
        <p className="soft">{t(passkeysPossible() ? "factor.passkeysLead" : "factor.passkeysNot")}</p>
        {passkeysPossible() && !adding && (
          <Button onClick={() => setAdding(true)} data-testid="passkey-add">
            {t("factor.addPasskey")}
          </Button>
        )}
      </div>
      {adding && (
        <NewPasskey
          onEnd={(codes) => {
            setAdding(false);
            if (codes !== undefined) onChange(codes);
          }}
        />
      )}
      <ul className="rows" data-testid="passkeys">
        {passkeys.map((passkey) => (
          <PasskeyRow key={passkey.id} passkey={passkey} onChange={onChange} />
        ))}
      </ul>
    </section>
  );
}

function NewPasskey({ onEnd }: { onEnd: (codes?: readonly string[] | null) => void }) {
  const { t } = useTranslation();
  const parley = useParley();
  const server = useAccount((account) => account.server?.name ?? "Parley");
  const [name, setName] = useState("");
  const { busy, problem, run } = useDeed();
  const add = async (): Promise<void> => {
    const wish = await withProof(() => parley.factors.beginPasskey());
    const made = await makePasskey(wish, server).catch((error: unknown) => {
      if (isThereAlready(error)) throw new RequestError("factor_exists", "");
      if (wasCalledOff(error)) throw new RequestError("passkey_called_off", "");
      throw error;
    });
    onEnd((await parley.factors.addPasskey(name.trim(), made)).recovery_codes);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void run(add);
  };
  return (
    <form className="by-name" onSubmit={submit}>
      <Field
        label={t("factor.passkeyName")}
        hint={t("factor.passkeyNameHint")}
        autoFocus
        value={name}
        maxLength={48}
        problem={problem}
        onChange={(event) => setName(event.target.value)}
        data-testid="passkey-name"
      />
      <Button
        type="submit"
        look="primary"
        busy={busy}
        disabled={name.trim() === ""}
        data-testid="passkey-create"
      >
        {t("factor.create")}
      </Button>
    </form>
  );
}
