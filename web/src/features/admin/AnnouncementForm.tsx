import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Notice } from "../../components/Button";
import { Field, Select } from "../../components/Field";
import type { Operators } from "../../gateway/operators";
import { dateAndTime } from "../messages/times";
import { useWorld } from "../parley";
import { useDeed } from "../useDeed";

const ENDS = ["never", "1", "24", "168"] as const;
type End = (typeof ENDS)[number];
const HOUR_MS = 3_600_000;
const TEXT_MAX = 500;

/** Tells everybody something. What is told comes back as an event, to this client too. */
export function AnnouncementForm({ operators }: { operators: Operators }) {
  const { t, i18n } = useTranslation();
  const current = useWorld((world) => world.announcement);
  const [text, setText] = useState("");
  const [end, setEnd] = useState<End>("24");
  const deed = useDeed({ again: true });
  const announce = async (): Promise<void> => {
    const untilMs = end === "never" ? null : Date.now() + Number(end) * HOUR_MS;
    if (await deed.run(async () => void (await operators.announce(text, untilMs)))) setText("");
  };
  return (
    <section aria-labelledby="admin-announcement">
      <h2 id="admin-announcement">{t("admin.announcement")}</h2>
      {current !== null && (
        <div className="admin-told">
          <span className="grow">
            <strong>{current.text}</strong>
            <small className="soft">
              {t("admin.announced", { time: dateAndTime(current.made_ms, i18n.language) })}
            </small>
          </span>
          <Button busy={deed.busy} onClick={() => void deed.run(() => operators.takeBack())}>
            {t("admin.takeBack")}
          </Button>
        </div>
      )}
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          void announce();
        }}
      >
        <Field
          label={t("admin.announcementText")}
          hint={t("admin.announcementHint")}
          value={text}
          maxLength={TEXT_MAX}
          onChange={(event) => setText(event.target.value)}
          data-testid="announcement-text"
        />
        <Select
          label={t("admin.announcementEnds")}
          value={end}
          options={ENDS.map((value) => ({ value, label: t(`admin.ends.${value}`) }))}
          onChange={setEnd}
        />
        {deed.problem !== null && <Notice tone="bad">{deed.problem}</Notice>}
        <Button
          type="submit"
          look="primary"
          className="start"
          busy={deed.busy}
          disabled={text.trim() === ""}
          data-testid="announce"
        >
          {t("admin.announce")}
        </Button>
      </form>
    </section>
  );
}
