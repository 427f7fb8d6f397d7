import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Notice } from "../../../components/Button";
import { Icon } from "../../../components/Icon";
import type { WordFilter } from "../../../gateway/protocol";
import { duration } from "../../../lib/durations";
import { upkeepOf } from "../../../state/upkeep";
import { useErrorText, useParley } from "../../parley";
import type { SectionProps } from "../GroupSettings";
import { FilterForm } from "./FilterForm";

/** Words that the group does not want to read. */
export function FiltersSection({ groupId }: SectionProps) {
  const { t } = useTranslation();
  const parley = useParley();
  const say = useErrorText();
  const [filters, setFilters] = useState<readonly WordFilter[] | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [open, setOpen] = useState<string | null>(null);
  const read = useCallback(() => {
    setFailure(null);
    upkeepOf(parley)
      .rest.filters(groupId)
      .then(({ filters: found }) => setFilters(found), setFailure);
  }, [parley, groupId]);
  useEffect(read, [read]);
  const changed = (id: string, filter: WordFilter | null): void => {
    setFilters((before) => {
      const others = (before ?? []).filter((each) => each.id !== id);
      return filter === null ? others : [...others, filter];
    });
    setOpen(null);
  };
  return (
    <>
      <div className="part-intro">
        <p className="soft">{t("filters.lead")}</p>
        <Button look="primary" onClick={() => setOpen("")} data-testid="filter-new">
          <Icon name="plus" size={18} />
          {t("filters.new")}
        </Button>
      </div>
      {open === "" && (
        <FilterForm groupId={groupId} known={null} onDone={changed} onClose={() => setOpen(null)} />
      )}
      {failure !== null && (
        <>
          <Notice tone="bad">{say(failure)}</Notice>
          <Button className="start" onClick={read}>
            {t("action.retry")}
          </Button>
        </>
      )}
      {filters === null && failure === null && <span className="spinner" />}
      {filters?.length === 0 && open !== "" && <p className="soft">{t("filters.none")}</p>}
      <ul className="rows">
        {[...(filters ?? [])]
          .sort((a, b) => a.name.localeCompare(b.name))
          .map((filter) => (
            <li key={filter.id}>
              {open === filter.id ? (
                <FilterForm groupId={groupId} known={filter} onDone={changed} onClose={() => setOpen(null)} />
              ) : (
                <Row filter={filter} onOpen={() => setOpen(filter.id)} />
              )}
            </li>
          ))}
      </ul>
    </>
  );
}

function Row({ filter, onOpen }: { filter: WordFilter; onOpen: () => void }) {
  const { t, i18n } = useTranslation();
  const what =
    filter.action === "time_out"
      ? t("filters.does.time_out", { time: duration(filter.time_out_s, i18n.language) })
      : t(`filters.does.${filter.action}`);
  return (
    <button type="button" className="row-item" onClick={onOpen} data-testid={`filter-${filter.name}`}>
      <Icon name="filter" size={18} />
      <span className="grow">
        <strong>{filter.name}</strong>
        <small>{[t("filters.words", { count: filter.words.length }), what].join(" · ")}</small>
      </span>
      <Icon name="next" size={16} />
    </button>
  );
}
