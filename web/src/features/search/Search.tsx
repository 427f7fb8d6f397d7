import { type FormEvent, useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import { Choices } from "../../components/Field";
import { Icon } from "../../components/Icon";
import { MarkWords } from "../../components/Markdown";
import type { Id, SearchResult } from "../../gateway/protocol";
import type { Place } from "../../state/places";
import { FILTERS, partsOf, withFilter, withoutPart, wordsPattern } from "../../state/query";
import { type SearchScope, ui } from "../../state/ui";
import { withMembers, withUsers } from "../../state/world";
import { MessageCard } from "../messages/MessageCard";
import { PagesFoot } from "../messages/PagesFoot";
import { PlaceName } from "../messages/PlaceName";
import { usePages } from "../messages/usePages";
import { useGo } from "../navigation";
import { useAccount, useParley, useUi } from "../parley";

/** Looks through what one may read; stays open while one jumps from result to result. */
export default function Search({ place }: { place: Place }) {
  const { t } = useTranslation();
  const search = useUi((state) => state.search);
  const [typed, setTyped] = useState(search.typed);
  const max = useAccount((account) => account.server?.limits.search_length ?? 256);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const run = (next: string): void => {
    setTyped(next);
    ui.setState((state) => ({ search: { ...state.search, typed: next.trim() } }));
  };
  const begin = (filter: string): void => {
    setTyped(withFilter(typed, filter));
    field.current?.focus();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    run(typed);
  };
  const scopes: { value: SearchScope; label: string }[] = [
    { value: "here", label: t("search.here") },
    ...(place.groupId === null ? [] : [{ value: "group" as const, label: t("search.group") }]),
    { value: "all", label: t("search.all") },
  ];
  const scope = place.groupId === null && search.scope === "group" ? "all" : search.scope;
  return (
    <search className="search">
      <form className="search-form" onSubmit={submit}>
        <div className="search-field">
          <Icon name="search" size={18} />
          <input
            id="search-input"
            ref={field}
            value={typed}
            maxLength={max}
            placeholder={t("search.placeholder")}
            aria-label={t("search.title")}
            autoComplete="off"
            enterKeyHint="search"
            onChange={(event) => setTyped(event.target.value)}
            data-testid="search-input"
          />
        </div>
        <Choices
          label={t("search.where")}
          value={scope}
          options={scopes}
          onChange={(next) => ui.setState({ search: { typed: typed.trim(), scope: next } })}
        />
        <Chips typed={typed} onRemove={(part) => run(withoutPart(typed, part))} />
      </form>
      {search.typed === "" ? (
        <Help onBegin={begin} />
      ) : (
        <Results place={place} typed={search.typed} scope={scope} />
      )}
    </search>
  );
}

/** The filters that are typed, each to be taken away with one press. */
function Chips({ typed, onRemove }: { typed: string; onRemove: (part: string) => void }) {
  const { t } = useTranslation();
  const filters = partsOf(typed).filter((part) => part.filter !== null && part.value !== "");
  if (filters.length === 0) return null;
  return (
    <ul className="chips" aria-label={t("search.filters")}>
      {filters.map((part) => (
        <li key={part.text}>
          <button
            type="button"
            className="picker-chip"
            aria-label={t("search.unfilter", { filter: part.text })}
            onClick={() => onRemove(part.text)}
          >
            {part.text}
            <Icon name="close" size={14} />
          </button>
        </li>
      ))}
    </ul>
  );
}

function Help({ onBegin }: { onBegin: (filter: string) => void }) {
  const { t } = useTranslation();
  return (
    <section className="search-help panel-scroll" aria-label={t("search.filters")}>
      <h3>{t("search.filters")}</h3>
      <ul>
        {FILTERS.map((filter) => (
          <li key={filter}>
            <button type="button" onClick={() => onBegin(filter)} data-testid={`filter-${filter}`}>
              <code>{filter}:</code>
              <span>{t(`search.help.${filter}`)}</span>
            </button>
          </li>
        ))}
      </ul>
      <p className="soft">{t("search.phrases")}</p>
    </section>
  );
}

function Results({ place, typed, scope }: { place: Place; typed: string; scope: SearchScope }) {
  const { t } = useTranslation();
  const parley = useParley();
  const channel = scope === "here" ? place.id : null;
  const group = scope === "group" ? place.groupId : null;
  const load = useCallback(
    async (before: Id | null) => {
      const page = await parley.api.search(typed, {
        ...(channel === null ? {} : { channel }),
        ...(group === null ? {} : { group }),
        ...(before === null ? {} : { before }),
      });
      parley.world.setState((world) => ({
        users: withUsers(world.users, page.users),
        memberships: withMembers(world.memberships, page.members),
      }));
      return { items: page.results, next: page.next };
    },
    [parley, typed, channel, group],
  );
  const pages = usePages(load);
  const none = pages.items.length === 0 && !pages.loading && pages.failed === null;
  return (
    <div className="panel-scroll" aria-live="polite" aria-busy={pages.loading}>
      {none && (
        <div className="blank">
          <p>{t(pages.more ? "search.noneYet" : "search.none")}</p>
        </div>
      )}
      <MarkWords value={wordsPattern(typed)}>
        <ul className="result-list" data-testid="results">
          {pages.items.map((result) => (
            <Result key={result.message.id} result={result} named={scope !== "here"} />
          ))}
        </ul>
      </MarkWords>
      <PagesFoot pages={pages} />
    </div>
  );
}

function Result({ result, named }: { result: SearchResult; named: boolean }) {
  const { t } = useTranslation();
  const go = useGo();
  const { message, channel_id, group_id, context_before, context_after } = result;
  const jump = (): void => {
    if (matchMedia("(max-width: 759px)").matches) ui.setState({ panel: null });
    void go({ id: channel_id, groupId: group_id }, message.id);
  };
  return (
    <li className="result" data-testid="result">
      {named && (
        <header>
          <PlaceName channelId={channel_id} />
        </header>
      )}
      {context_before.map((each) => (
        <MessageCard key={each.id} message={each} groupId={group_id} faint />
      ))}
      <MessageCard message={message} groupId={group_id} />
      {context_after.map((each) => (
        <MessageCard key={each.id} message={each} groupId={group_id} faint />
      ))}
      <div className="result-tools">
        <Button onClick={jump} data-testid="result-jump">
          {t("action.jump")}
        </Button>
      </div>
    </li>
  );
}
