import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import { Field, Select } from "../../components/Field";
import { Icon } from "../../components/Icon";
import type { ChosenStatus } from "../../gateway/protocol";
import { useAccount, useAttempt, useParley } from "../parley";
import "./people.css";

const STATUSES: readonly ChosenStatus[] = ["online", "idle", "dnd", "invisible"];
const MINUTE_MS = 60_000;
const ENDS = { never: null, "30": 30, "60": 60, "240": 240, "1440": 1440 } as const;
type End = keyof typeof ENDS;

/** How others see one: the status, and a text that may end by itself. */
export default function StatusCard({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const me = useAccount((account) => account.me);
  const max = useAccount((account) => account.server?.limits.status_text_max ?? 128);
  const [text, setText] = useState(me?.status_text ?? "");
  const [end, setEnd] = useState<End>("never");
  const choose = (status: ChosenStatus): Promise<boolean> =>
    attempt(async () => {
      parley.changedMe(await parley.api.updateMe({ status }));
    });
  const say = (event: FormEvent): void => {
    event.preventDefault();
    const minutes = ENDS[end];
    const until = minutes === null || text.trim() === "" ? null : Date.now() + minutes * MINUTE_MS;
    void attempt(async () => {
      const change = { status_text: text.trim(), status_until_ms: until };
      parley.changedMe(await parley.api.updateMe(change));
      onClose();
    });
  };
  return (
    <div className="status-card" data-testid="status-card">
      <fieldset aria-label={t("status.title")}>
        {STATUSES.map((each) => (
          <label key={each} className="menu-item" data-testid={`status-${each}`}>
            <input
              type="radio"
              name="status"
              className="hidden-visually"
              checked={me?.status === each}
              onChange={() => void choose(each)}
            />
            <span className="presence" data-status={each === "invisible" ? "offline" : each} />
            <span className="grow">
              {t(`status.${each}`)}
              <small>{t(`status.${each}Hint`)}</small>
            </span>
            {me?.status === each && <Icon name="check" size={16} />}
          </label>
        ))}
      </fieldset>
      <form className="form" onSubmit={say}>
        <Field
          label={t("status.text")}
          placeholder={t("status.placeholder")}
          value={text}
          maxLength={max}
          autoComplete="off"
          onChange={(event) => setText(event.target.value)}
          data-testid="status-text"
        />
        <Select
          label={t("status.end")}
          value={end}
          options={(Object.keys(ENDS) as End[]).map((value) => ({ value, label: t(`status.end.${value}`) }))}
          onChange={setEnd}
        />
        <Button type="submit" look="primary" data-testid="status-save">
          {t("action.save")}
        </Button>
      </form>
    </div>
  );
}
