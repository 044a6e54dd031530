"""A small bot by discord.py, which knows nothing of Zapas: what it takes from a Discord is right."""
import os

import discord
import yarl
from discord import app_commands

discord.http.Route.BASE = os.environ['API'] + '/v10'
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ['GATEWAY'])
GUILD = discord.Object(int(os.environ['GUILD']))
CHANNEL = int(os.environ['CHANNEL'])
NOBODY = discord.AllowedMentions.none()


def say(*words):
    print(*words, flush=True)


class Reason(discord.ui.Modal, title='Approve'):
    name = discord.ui.TextInput(label='Name of the cluster', custom_id='name')

    async def on_submit(self, interaction):
        say('submitted', self.name.value)
        await interaction.response.send_message('thanks', ephemeral=True, allowed_mentions=NOBODY)


class Buttons(discord.ui.View):
    @discord.ui.button(label='Approve', custom_id='approve', style=discord.ButtonStyle.primary)
    async def approve(self, interaction, _button):
        say('pressed', interaction.user.name)
        await interaction.response.send_modal(Reason())


class Bot(discord.Client):
    def __init__(self):
        super().__init__(intents=discord.Intents(guilds=True), allowed_mentions=NOBODY)
        self.tree = app_commands.CommandTree(self)

    async def setup_hook(self):
        registered = await self.tree.sync(guild=GUILD)
        say('registered', registered[0].name)

    async def on_ready(self):
        channel = self.get_channel(CHANNEL)
        message = await channel.send('Approve?', view=Buttons(timeout=None))
        say('posted', message.id)
        await message.edit(content='Approve it?')
        thread = await message.create_thread(name='details')
        await thread.send('the first detail')
        say('thread', thread.id)
        member = await channel.guild.fetch_member(int(os.environ['PERSON']))
        say('member', member.name)
        say('history', len([one async for one in channel.history(limit=10)]))
        say('ready')

    async def on_resumed(self):
        say('resumed')


bot = Bot()
zapas = app_commands.Group(name='zapas', description='Replication', guild_ids=[GUILD.id])


@zapas.command(description='Status of a cluster')
async def status(interaction, cluster: str):
    await interaction.response.defer(ephemeral=True)
    say('command', cluster)
    await interaction.edit_original_response(content=f'{cluster} is well')


@status.autocomplete('cluster')
async def names(_interaction, typed: str):
    return [app_commands.Choice(name=name, value=name) for name in ('demo', 'other') if name.startswith(typed)]


bot.tree.add_command(zapas)
bot.run(os.environ['TOKEN'], log_level=30)
