import { useId } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../../../components/Icon";
import { hexColour } from "../../../lib/colour";

/** Apart from one another, and legible once they have been fitted to the ground. */
const PALETTE = [
  0x2f9e8f, 0x3f8f4e, 0x2f7fc1, 0x6a63c9, 0xa653b5, 0xc2476d, 0xc9432f, 0xc26a1b, 0xa98500, 0x6b7280,
] as const;

interface Props {
  /** 0xRRGGBB. */
  value: number | null;
  onChange: (colour: number | null) => void;
}

export function ColourField({ value, onChange }: Props) {
  const { t } = useTranslation();
  const name = useId();
  const custom = value !== null && !PALETTE.some((each) => each === value);
  return (
    <fieldset className="field">
      <legend className="label">{t("roles.colour")}</legend>
      <div className="swatches">
        <label className="swatch none" title={t("roles.noColour")}>
          <input
            type="radio"
            name={name}
            checked={value === null}
            aria-label={t("roles.noColour")}
            onChange={() => onChange(null)}
          />
          <Icon name="ban" size={16} />
        </label>
        {PALETTE.map((each) => (
          <label key={each} className="swatch" style={{ background: hexColour(each) }}>
            <input
              type="radio"
              name={name}
              checked={value === each}
              aria-label={t("roles.colourIs", { colour: hexColour(each) })}
              onChange={() => onChange(each)}
              data-testid={`colour-${hexColour(each)}`}
            />
            <Icon name="check" size={16} />
          </label>
        ))}
        <label
          className="swatch custom"
          data-chosen={custom || undefined}
          style={custom ? { background: hexColour(value) } : undefined}
          title={t("roles.ownColour")}
        >
          <input
            type="color"
            aria-label={t("roles.ownColour")}
            value={hexColour(value ?? PALETTE[0])}
            onChange={(event) => onChange(Number.parseInt(event.target.value.slice(1), 16))}
          />
          <Icon name={custom ? "check" : "edit"} size={16} />
        </label>
      </div>
      <span className="hint">{t("roles.colourHint")}</span>
    </fieldset>
  );
}
