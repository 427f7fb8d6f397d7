import { useTranslation } from "react-i18next";
import { Notice } from "../../../components/Button";
import { Permission } from "../../../state/permissions";
import { TOPICS } from "../../../state/permissionTopics";

interface Props {
  bits: number;
  /** What one has oneself: nobody gives more. */
  own: number;
  locked: boolean;
  onChange: (bits: number) => void;
}

/** What a role may do, by topic, each with a line that explains it. */
export function PermissionSwitches({ bits, own, locked, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <div className="permissions">
      {(bits & Permission.administrator) !== 0 && <Notice tone="warn">{t("roles.administrator")}</Notice>}
      {TOPICS.map(({ topic, names }) => (
        <section key={topic} aria-labelledby={`topic-${topic}`}>
          <h3 id={`topic-${topic}`}>{t(`topic.${topic}`)}</h3>
          {names.map((name) => {
            const on = (bits & Permission[name]) !== 0;
            const lacking = !on && (own & Permission[name]) === 0;
            const id = `permission-${name}`;
            return (
              <div className="switch-row" key={name}>
                <label htmlFor={id}>
                  {t(`permission.${name}`)}
                  <small>{t(lacking && !locked ? "permission.lacking" : `permissionHint.${name}`)}</small>
                </label>
                <input
                  className="switch"
                  type="checkbox"
                  role="switch"
                  id={id}
                  aria-checked={on}
                  checked={on}
                  disabled={locked || lacking}
                  onChange={() => onChange(bits ^ Permission[name])}
                  data-testid={id}
                />
              </div>
            );
          })}
        </section>
      ))}
    </div>
  );
}
