import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Notice } from "../../../components/Button";
import { Field, Select } from "../../../components/Field";
import type { FilterAction, WordFilter } from "../../../gateway/protocol";
import { duration } from "../../../lib/durations";
import { rankedRoles } from "../../../state/ranks";
import { upkeepOf } from "../../../state/upkeep";
import { Ask } from "../../dialogs/Ask";
import { DialogFoot } from "../../dialogs/DialogFoot";
import { useAccount, useParley, useWorld } from "../../parley";
import { useDeed } from "../../useDeed";
import { RoleDot } from "../roles/RoleOrder";

const ACTIONS: readonly FilterAction[] = ["block", "report", "time_out"];
const TIMES_S = [60, 300, 600, 3600, 86_400, 604_800] as const;

interface Props {
  groupId: string;
  known: WordFilter | null;
  /** null: it is gone. */
  onDone: (id: string, filter: WordFilter | null) => void;
  onClose: () => void;
}

/** One filter: its words, and what happens when somebody writes them. */
export function FilterForm({ groupId, known, onDone, onClose }: Props) {
  const { t, i18n } = useTranslation();
  const parley = useParley();
  const words = useId();
  const limits = useAccount((account) => account.server?.limits);
  const [name, setName] = useState(known?.name ?? "");
  const [typed, setTyped] = useState(known?.words.join("\n") ?? "");
  const [action, setAction] = useState<FilterAction>(known?.action ?? "block");
  const [timeS, setTimeS] = useState(String(known?.time_out_s ?? 600));
  const [exempt, setExempt] = useState<readonly string[]>(known?.exempt_role_ids ?? []);
  const { busy, problem, run } = useDeed();
  const [asking, setAsking] = useState(false);
  const list = typed
    .split("\n")
    .map((each) => each.trim())
    .filter(Boolean);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const fields = {
      name: name.trim(),
      words: list,
      action,
      time_out_s: Number(timeS),
      exempt_role_ids: [...exempt],
    };
    const { rest } = upkeepOf(parley);
    await run(async () => {
      const saved = await (known
        ? rest.updateFilter(groupId, known.id, fields)
        : rest.createFilter(groupId, fields));
      onDone(saved.id, saved);
    });
  };
  return (
    <form className="form framed" onSubmit={(event) => void submit(event)}>
      <Field
        label={t("filters.name")}
        value={name}
        maxLength={limits?.role_name_max ?? 100}
        autoComplete="off"
        autoFocus
        onChange={(event) => setName(event.target.value)}
        data-testid="filter-name"
      />
      <div className="field">
        <label htmlFor={words}>{t("filters.wordList")}</label>
        <textarea
          className="input"
          id={words}
          rows={6}
          value={typed}
          spellCheck={false}
          aria-describedby={`${words}-hint`}
          onChange={(event) => setTyped(event.target.value)}
          data-testid="filter-words"
        />
        <span className="hint" id={`${words}-hint`}>
          {t("filters.wordHint", { count: list.length, max: limits?.filter_words_max ?? 200 })}
        </span>
      </div>
      <div className="side-by-side">
        <Select
          label={t("filters.action")}
          value={action}
          options={ACTIONS.map((each) => ({ value: each, label: t(`filters.action.${each}`) }))}
          onChange={setAction}
          testId="filter-action"
        />
        {action === "time_out" && (
          <Select
            label={t("filters.timeOut")}
            value={timeS}
            options={[...new Set([...TIMES_S, Number(timeS)])]
              .sort((a, b) => a - b)
              .map((each) => ({ value: String(each), label: duration(each, i18n.language) }))}
            onChange={setTimeS}
          />
        )}
      </div>
      <Exempt groupId={groupId} value={exempt} onChange={setExempt} />
      {problem !== null && <Notice tone="bad">{problem}</Notice>}
      <DialogFoot
        action={t("action.save")}
        busy={busy}
        valid={name.trim() !== "" && list.length > 0}
        testId="filter-save"
        onClose={onClose}
        aside={
          known && (
            <Button look="quiet" className="danger-text" onClick={() => setAsking(true)}>
              {t("filters.delete")}
            </Button>
          )
        }
      />
      {asking && known && (
        <Ask
          title={t("filters.deleteTitle")}
          text={t("filters.deleteText", { name: known.name })}
          action={t("filters.delete")}
          reasoned
          work={async (reason) => {
            await upkeepOf(parley).rest.deleteFilter(groupId, known.id, reason);
            onDone(known.id, null);
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </form>
  );
}

interface ExemptProps {
  groupId: string;
  value: readonly string[];
  onChange: (roles: readonly string[]) => void;
}

function Exempt({ groupId, value, onChange }: ExemptProps) {
  const { t } = useTranslation();
  const state = useWorld((world) => world.groups[groupId]);
  const roles = state ? rankedRoles(state) : [];
  if (roles.length === 0) return null;
  return (
    <fieldset className="field">
      <legend className="label">{t("filters.exempt")}</legend>
      <div className="targets">
        {roles.map((role) => {
          const on = value.includes(role.id);
          return (
            <button
              key={role.id}
              type="button"
              className="target"
              aria-pressed={on}
              onClick={() => onChange(on ? value.filter((each) => each !== role.id) : [...value, role.id])}
            >
              <RoleDot colour={role.colour} />
              {role.name}
            </button>
          );
        })}
      </div>
      <span className="hint">{t("filters.exemptHint")}</span>
    </fieldset>
  );
}
