import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, IconButton, Notice } from "../../components/Button";
import { Field } from "../../components/Field";
import type { Profile, ProfileField } from "../../gateway/protocol";
import { toast } from "../../state/ui";
import { useAccount, useParley } from "../parley";
import { useDeed } from "../useDeed";

interface Props {
  profile: Profile;
  onProfile: (profile: Profile) => void;
}

/** A field while it is written, with a name of its own that does not change. */
interface Draft extends ProfileField {
  key: number;
}

/** What one says of oneself. */
export function AboutForm({ profile, onProfile }: Props) {
  const { t } = useTranslation();
  const parley = useParley();
  const limits = useAccount((account) => account.server?.limits);
  const [bio, setBio] = useState(profile.bio);
  const [fields, setFields] = useState<Draft[]>(() =>
    profile.fields.map((field, key) => ({ ...field, key })),
  );
  const { busy, problem, run } = useDeed({ again: true });
  const id = useId();
  const most = limits?.profile_fields_max ?? 4;
  const whole = fields.every(({ name, value }) => name.trim() !== "" && value.trim() !== "");
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const plain = fields.map(({ name, value }) => ({ name, value }));
    const saved = await run(async () => onProfile(await parley.api.updateProfile({ bio, fields: plain })));
    if (saved) toast(t("settings.saved"));
  };
  const change = (key: number, news: Partial<ProfileField>): void =>
    setFields((before) => before.map((each) => (each.key === key ? { ...each, ...news } : each)));
  return (
    <form className="about-form" onSubmit={(event) => void save(event)}>
      <div className="field">
        <label htmlFor={id}>{t("profile.bio")}</label>
        <textarea
          className="input"
          id={id}
          rows={4}
          maxLength={limits?.bio_max ?? 500}
          value={bio}
          aria-describedby={`${id}-hint`}
          onChange={(event) => setBio(event.target.value)}
          data-testid="bio"
        />
        <span className="hint" id={`${id}-hint`}>
          {t("profile.bioHint")}
        </span>
      </div>
      <fieldset className="field">
        <legend className="label">{t("profile.fields")}</legend>
        {fields.map(({ key, name, value }) => (
          <div className="profile-field" key={key}>
            <Field
              label={t("profile.fieldName")}
              placeholder={t("profile.fieldNamePlaceholder")}
              value={name}
              maxLength={limits?.profile_field_name_max ?? 32}
              onChange={(event) => change(key, { name: event.target.value })}
              data-testid="field-name"
            />
            <Field
              label={t("profile.fieldValue")}
              value={value}
              maxLength={limits?.profile_field_value_max ?? 128}
              onChange={(event) => change(key, { value: event.target.value })}
              data-testid="field-value"
            />
            <IconButton
              icon="trash"
              label={t("profile.fieldRemove", { name: name || "…" })}
              onClick={() => setFields((before) => before.filter((each) => each.key !== key))}
            />
          </div>
        ))}
        {fields.length < most && (
          <Button
            look="quiet"
            onClick={() =>
              setFields((before) => [
                ...before,
                { key: Math.max(-1, ...before.map((each) => each.key)) + 1, name: "", value: "" },
              ])
            }
            data-testid="field-add"
          >
            {t("profile.fieldAdd")}
          </Button>
        )}
      </fieldset>
      {problem !== null && <Notice tone="bad">{problem}</Notice>}
      <div>
        <Button type="submit" look="primary" busy={busy} disabled={!whole} data-testid="about-save">
          {t("action.save")}
        </Button>
      </div>
    </form>
  );
}
