from datetime import UTC, datetime

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('newsroom', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='newsroom',
            name='changed_at',
            field=models.DateTimeField(default=datetime(2026, 1, 1, tzinfo=UTC)),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='newsroom',
            name='revision',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='dayreads',
            name='through',
            field=models.CharField(choices=[('page', 'page'), ('rss', 'rss'), ('json', 'json'), ('widget', 'widget')], max_length=8),
        ),
        migrations.AddConstraint(
            model_name='dayreads',
            constraint=models.UniqueConstraint(condition=models.Q(('item__isnull', True)), fields=('organisation', 'day', 'through'), name='page_reads_once'),
        ),
    ]
