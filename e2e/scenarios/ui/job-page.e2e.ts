import { scenario } from '../../suite/scenario.ts';

// One job is kept, for the same reason as the backups in backup-page.e2e.ts.
scenario(
  'A recurring job is made, changed and deleted on its page, which shows what it is',
  { tags: ['ui', 'recurring-jobs'], needs: ['browser'], proves: ['U17'] },
  async ({ given, when, then }) => {
    const page = await given.jobsPage();
    const kept = await when.jobMadeOnPage(page);
    const job = await when.jobMadeOnPage(page);
    await then.jobAsChosen(page, job);
    const changed = await when.jobChangedOnPage(page, job);
    await then.jobAsChosen(page, changed);
    await when.jobDeletedOnPage(page, changed);
    await then.jobGoneFromPage(page, changed);
    await then.jobAsChosen(page, kept);
    await then.pageHasNoError(page);
  },
);
